// Drives the page that lets people try symback, and prints what it shows: node try.mjs URL.
import { chromium } from "playwright-core";

const url = process.argv[2];
const browser = await chromium.launch({
  executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu"],
});
const page = await browser.newPage();
const outside = [], complaints = [];
page.on("request", (r) => { if (!r.url().startsWith(url) && !r.url().startsWith("data:")) outside.push(r.url()); });
page.on("pageerror", (error) => complaints.push(String(error)));
await page.goto(`${url}index.html`);
const reads = (text) => page.waitForFunction(
  (wanted) => document.getElementById("status").textContent === wanted, text, { timeout: 120000 },
);
await reads("Ready.");
const shown = {};
let runs = 0;
for (const name of ["2,2,2", "equations", "a right formula", "one with a slip", "a document"]) {
  await page.click(`button:text-is("${name}")`);
  runs += 1;
  await page.waitForFunction(
    (wanted) => document.getElementById("result").dataset.runs === String(wanted), runs,
    { timeout: 120000 },
  );
  shown[name] = {
    text: await page.textContent("#result"), formulas: await page.locator("#result math").count(),
  };
}
await page.setViewportSize({ width: 390, height: 800 });
const wide = await page.evaluate(() => document.documentElement.scrollWidth > 390);
console.log(JSON.stringify({ shown, outside, complaints, wide }));
await browser.close();
