/* Opens a page to step through in frames, uses it as a reader would, and posts what it shows. */
async function opened(fragment, sandbox) {
  const frame = document.createElement("iframe");
  frame.style.cssText = "width:390px;height:800px;border:0";
  if (sandbox) frame.sandbox = "allow-same-origin";
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
  frame.src = `/0${fragment}`;
  document.body.append(frame);
  await loaded;
  return frame.contentDocument;
}

const values = (doc) => Object.fromEntries(
  [...doc.querySelectorAll("#all tr[data-k]")].map((row) => [row.dataset.k, row.cells[2].dataset.x]));
const isSeen = (node) => node.getClientRects().length > 0;

function press(doc, key) {
  doc.dispatchEvent(new doc.defaultView.KeyboardEvent("keydown", { key, bubbles: true }));
}

function type(field, text) {
  field.value = text;
  field.dispatchEvent(new field.ownerDocument.defaultView.Event("input", { bubbles: true }));
}

async function used() {
  const doc = await opened("", false);
  const root = doc.documentElement;
  const at = () => doc.querySelector("#place").textContent;
  const found = { agrees: root.dataset.agrees, alarm: isSeen(doc.querySelector("#alarm")), panel: isSeen(doc.querySelector("#panel")) };
  found.beyond = root.scrollWidth - root.clientWidth;
  found.unnamed = [...doc.querySelectorAll("input,select,button")].filter((node) =>
    !(node.labels && node.labels.length) && !node.getAttribute("aria-label") && !node.textContent.trim()).length;
  const first = at();
  press(doc, "ArrowRight");
  found.moved = at() !== first;
  press(doc, "Home");
  found.back = at() === first;
  press(doc, "End");
  found.last = doc.querySelector("#result").textContent;
  doc.querySelector("#descend").click();
  found.descended = values(doc).L;
  doc.querySelector("#start").click();
  const field = doc.querySelector('input[data-k="x[1]"]');
  type(field, "−0,5");
  found.changed = values(doc)["h1_pre[1]"];
  type(field, "alert(1)");
  found.invalid = field.getAttribute("aria-invalid");
  found.kept = values(doc)["h1_pre[1]"];
  found.fragment = doc.location.hash;
  for (const sheet of doc.styleSheets)
    for (const rule of sheet.cssRules)
      if (rule.media && /print/.test(rule.conditionText)) rule.media.mediaText = "all";
  found.printed = [isSeen(doc.querySelector("#panel")), isSeen(doc.querySelector("#all"))];
  return found;
}

async function bare() {
  const doc = await opened("", true);
  return {
    panel: isSeen(doc.querySelector("#panel")),
    rows: doc.querySelectorAll("#all tbody tr").length,
    empty: [...doc.querySelectorAll("#all tbody td:nth-child(3)")].filter((c) => !c.textContent.trim()).length,
  };
}

addEventListener("load", async () => {
  let said;
  try {
    said = { used: await used(), bare: await bare(), hostile: [] };
    for (const fragment of PLAN.fragments) {
      const doc = await opened(fragment, false);
      said.hostile.push([values(doc).L, doc.querySelectorAll("img").length]);
    }
    const doc = await opened(PLAN.broken, false);
    said.broken = values(doc)["h1_pre[1]"];
  } catch (error) {
    said = { error: String(error) };
  }
  await fetch("/", { method: "POST", body: JSON.stringify(said) });
});
