/* Opens each page at each width in a frame, and posts what a reader would see of it. */
const near = (a, b, room = 1) => Math.abs(a - b) <= room;

function baseline(place) {
  const mark = place.ownerDocument.createElement("span");
  mark.style.display = "inline-block";
  place.append(mark);
  const y = mark.getBoundingClientRect().bottom;
  mark.remove();
  return y;
}

/* How many numbers stand on a formula. */
function covered(chain) {
  const formulas = [...chain.querySelectorAll(".left math, .right math")]
    .map((m) => m.getBoundingClientRect());
  return [...chain.querySelectorAll(".number")].filter((number) => {
    const box = number.getBoundingClientRect();
    return formulas.some((m) => m.left < box.right - 1 && m.right > box.left + 1
      && m.top < box.bottom - 1 && m.bottom > box.top + 1 && box.width && m.width);
  }).length;
}

/* In how many equations a line stands below the matrix form or the reason that follows it. */
function turned(chain) {
  return [...chain.querySelectorAll(".eq")].filter((eq) => {
    const formulas = (of) => [...eq.querySelectorAll(of)].filter((e) => e.textContent.trim())
      .map((e) => e.getBoundingClientRect());
    const last = Math.max(...formulas(".right:not(.m)").map((box) => box.top));
    return formulas(".m.left, .why").some((box) => box.top < last - 1);
  }).length;
}

function chains(doc) {
  return [...doc.querySelectorAll(".chain")].map((chain, place) => {
    const box = chain.getBoundingClientRect();
    const style = doc.defaultView.getComputedStyle(chain);
    const equals = (rights) => [...rights].map((right) => {
      const sign = [...right.querySelectorAll("mo")].find((mo) => mo.getClientRects().length);
      return sign && sign.textContent.trim() === "=" ? sign.getBoundingClientRect().left : null;
    }).filter((x) => x !== null);
    const formulas = [...chain.querySelectorAll("math")].map((m) => m.getBoundingClientRect());
    const gaps = [...chain.querySelectorAll(".line:not(.head)")].flatMap((line) => {
      const sides = [...line.querySelectorAll(".left, .right")].filter((e) => e.textContent.trim());
      return sides.slice(1).map((side) => Math.abs(baseline(sides[0]) - baseline(side)));
    });
    return {
      place,
      said: chain.textContent.replace(/\s+/g, " ").trim().slice(0, 40),
      wide: chain.scrollWidth - chain.clientWidth,
      scrolls: style.overflowY !== "hidden" && style.overflowY !== "visible"
        && chain.scrollHeight > chain.clientHeight,
      cut: formulas.filter((m) => m.top < box.top - 1 || m.bottom > box.bottom + 1).length,
      bar: chain.offsetWidth - chain.clientWidth,
      equals: equals(chain.querySelectorAll(".right:not(.m)")),
      matrices: equals(chain.querySelectorAll(".right.m")),
      gap: Math.max(0, ...gaps),
      covered: covered(chain),
      turned: turned(chain),
      lines: formulas.length,
    };
  });
}

/* What scrolls to the side without a shadow that says so. */
function unshaded(doc) {
  return [...doc.querySelectorAll("*")].filter((e) => {
    const style = doc.defaultView.getComputedStyle(e);
    return style.overflowX === "auto" && e.scrollWidth > e.clientWidth
      && !style.backgroundImage.includes("gradient");
  }).map((e) => e.className);
}

/* How high the letters of each label of a drawing are set on the screen, in pixels. */
function letters(svg) {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const view = svg.ownerDocument.defaultView;
  return [...svg.querySelectorAll("text")].map((label) => {
    const parts = [...label.childNodes].filter((node) => node.textContent.trim());
    const sizes = parts.map((node) => parseFloat(
      view.getComputedStyle(node.nodeType === Node.TEXT_NODE ? label : node).fontSize));
    return Math.max(...sizes) * scale;
  });
}

/* The height of a prime's ink on the screen, from the metrics of the font that it is set in. */
function primes(doc) {
  const pen = doc.createElement("canvas").getContext("2d");
  return [...doc.querySelectorAll("math mo")].filter((mo) => mo.textContent === "′").map((mo) => {
    const style = doc.defaultView.getComputedStyle(mo);
    pen.font = `${style.fontSize} ${style.fontFamily}`;
    const ink = pen.measureText("′");
    return ink.actualBoundingBoxAscent + ink.actualBoundingBoxDescent;
  });
}

async function look(page, width) {
  const frame = document.createElement("iframe");
  frame.style.cssText = `width:${width}px;height:900px;border:0`;
  const loaded = new Promise((resolve) => frame.addEventListener("load", resolve));
  frame.src = `/${page}`;
  document.body.append(frame);
  await loaded;
  const doc = frame.contentDocument;
  await doc.fonts.ready;
  const root = doc.documentElement;
  const size = parseFloat(doc.defaultView.getComputedStyle(doc.body).fontSize);
  const figures = [...doc.querySelectorAll("figure svg")].map((svg) => {
    const box = svg.getBoundingClientRect();
    const frame = svg.parentElement;
    const hint = doc.querySelector(".slides");
    return {
      left: box.left, right: width - box.right, letters: letters(svg),
      slides: frame.scrollWidth > frame.clientWidth,
      within: box.right <= width || doc.defaultView.getComputedStyle(frame).overflowX === "auto",
      told: Boolean(hint && hint.getClientRects().length),
    };
  });
  const targets = new Set([...doc.querySelectorAll("[id]")].map((e) => e.id));
  const found = {
    page, width, size, figures,
    unshaded: unshaded(doc),
    beyond: root.scrollWidth - root.clientWidth,
    parted: [...doc.querySelectorAll("p, li, td")].filter((e) => [...e.querySelectorAll("math")]
      .some((m) => doc.defaultView.getComputedStyle(m).display.startsWith("block")))
      .map((e) => e.textContent.replace(/\s+/g, " ").slice(0, 40)),
    chains: chains(doc),
    primes: primes(doc),
    fonts: [...doc.fonts].filter((face) => face.status === "loaded").length,
    dead: [...doc.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute("href").slice(1))
      .filter((id) => !targets.has(id)),
    links: doc.querySelectorAll('a[href^="#"]').length,
  };
  frame.remove();
  return found;
}

addEventListener("load", async () => {
  let said;
  try {
    const found = [];
    for (let page = 0; page < PLAN.pages; page++)
      for (const width of PLAN.widths) found.push(await look(page, width));
    said = { found };
  } catch (error) {
    said = { error: `${error} ${error.stack}` };
  }
  await fetch("/", { method: "POST", body: JSON.stringify(said) });
});
