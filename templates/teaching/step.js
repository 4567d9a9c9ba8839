(function () {
"use strict";
const D = JSON.parse(document.getElementById("data").textContent);
const W = D.words, $ = (id) => document.getElementById(id), root = document.documentElement;
// The only arithmetic written by hand: what each operator of a tree does.
function erf(x) {
  const z = Math.abs(x);
  let s = 0;
  if (z < 3) {
    let t = z;
    for (let n = 0; n < 100; n++) { s += t / (2 * n + 1); t *= -z * z / (n + 1); }
    s *= 2 / Math.sqrt(Math.PI);
  } else {
    let f = 0;
    for (let n = 60; n > 0; n--) f = n / 2 / (z + f);
    s = 1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + f);
  }
  return x < 0 ? -s : s;
}
// What is left of 1, without losing digits where that is little.
function erfc(x) {
  if (x < 1) return 1 - erf(x);
  let f = 0;
  for (let n = 200; n > 0; n--) f = n / 2 / (x + f);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + f);
}
const sigmoid = (z) => z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z));
const O = {
  "+": (...a) => a.reduce((s, v) => s + v), "*": (...a) => a.reduce((s, v) => s * v),
  "/": (a, b) => a / b, "^": (a, n) => Number.isInteger(n) && n > 0 ? power(a, n) : Math.pow(a, n),
  exp: Math.exp, log: Math.log, sqrt: Math.sqrt, sin: Math.sin, cos: Math.cos, erf: erf,
  abs: Math.abs, sign: Math.sign, step: (z) => +(z > 0), clip: (z) => Math.max(-1, Math.min(1, z)),
  within: (z) => +(z > -1 && z < 1), relu: (z) => Math.max(z, 0), sigmoid: sigmoid,
  tanh: Math.tanh, softplus: (z) => Math.log1p(Math.exp(-Math.abs(z))) + Math.max(z, 0),
  softmax: (k, ...r) => {
    const m = Math.max(...r), e = r.map((z) => Math.exp(z - m));
    return e[k] / e.reduce((s, v) => s + v);
  },
  erfc: erfc, sech2: (z) => { const e = Math.exp(-2 * Math.abs(z)); return 4 * e / (1 + e) / (1 + e); },
  logsoftmax: (k, ...r) => {
    const m = Math.max(...r), i = r.indexOf(m);
    const s = Math.log1p(r.reduce((t, z, j) => j === i ? t : t + Math.exp(z - m), 0));
    return r[k] - m - s;
  },
  max: Math.max, min: Math.min, pi: () => Math.PI, "<=": (a, b) => +(a <= b), "<": (a, b) => +(a < b),
  "==": (a, b) => +(a === b), "!=": (a, b) => +(a !== b)
};
function power(a, n) { let p = 1; for (let i = 0; i < n; i++) p *= a; return p; }
function value(t, v) {
  if (typeof t === "number") return t;
  if (typeof t === "string") return v.get(t);
  return O[t[0]](...t.slice(1).map((p) => value(p, v)));
}
function run(given) {
  const v = new Map(given);
  for (const [key, tree, , kept] of D.lines) v.set(key, value(kept || tree, v));
  return v;
}
const first = new Map(D.given.map(([key, x]) => [key, value(x, new Map())]));
let given = new Map(first), values = run(given), step = 0, fade = 0, shown = new Set();
// Does the script agree with the engine's fifty digits? Of each array's largest entry.
function agreement() {
  const size = new Map(), family = (k) => k.split("[")[0];
  for (const [k, x] of D.engine) size.set(family(k), Math.max(size.get(family(k)) || 0, Math.abs(x)));
  let off = 0, count = 0;
  for (const [k, x] of D.engine) {
    const d = Math.abs(values.get(k) - x) / (size.get(family(k)) || 1);
    if (d <= 1e-12) count++;
    off = d > off || d !== d ? d : off;
  }
  root.dataset.agrees = count + "/" + D.engine.length;
  $("agrees").textContent = W.agrees.replace("{n}", count).replace("{m}", D.engine.length);
  if (!(off <= 1e-12)) { root.classList.add("off"); $("alarm").hidden = false; }
}
function digits(x) {
  if (!Number.isFinite(x)) return W.none;
  if (x === 0) return "0";
  if (Math.abs(x) >= 1e9 || Math.abs(x) < 1e-12) return x.toExponential(4).replace("-", "\u2212");
  const d = Math.abs(x) < 0.01 ? Math.min(20, 2 - Math.floor(Math.log10(Math.abs(x)))) : 4;
  let s = x.toFixed(d);
  if (Math.abs(x * 1e4 - Math.round(x * 1e4)) < 1e-9) s = String(+s);
  return s.replace("-", "\u2212");
}
// A number as it is typed: a point or a comma, any minus sign; null for anything else.
function typed(text) {
  const t = text.trim().replace(/[\u2212\u2013]/g, "-").replace(",", ".");
  if (t.length > 30 || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,2})?$/i.test(t)) return null;
  const x = Number(t), m = t.match(/\.(\d*)/), e = t.match(/e([+-]?\d+)/i);
  return Number.isFinite(x) ? [x, Math.pow(10, (e ? +e[1] : 0) - (m ? m[1].length : 0)) / 2] : null;
}
// MathML of a tree in numbers.
const M = "http://www.w3.org/1998/Math/MathML";
function el(name, ...kids) {
  const n = document.createElementNS(M, name);
  n.append(...kids);
  return n;
}
function par(c) {
  const n = el("mo", c);
  for (const [k, v] of [["stretchy", "false"], ["lspace", "0"], ["rspace", "0"], ["form", c === "(" ? "prefix" : "postfix"]]) n.setAttribute(k, v);
  return n;
}
function num(x, bare) {
  const s = digits(x);
  if (s[0] !== "\u2212") return el("mn", s);
  const r = el("mrow", el("mo", "\u2212"), el("mn", s.slice(1)));
  return bare ? r : el("mrow", par("("), r, par(")"));
}
function math(t, inner) {
  if (typeof t === "number") return num(t);
  if (typeof t === "string") return num(values.get(t), inner === "first");
  const [op, ...a] = t;
  if (op === "+") {
    const r = el("mrow");
    a.forEach((p, i) => {
      let minus = Array.isArray(p) && p[0] === "*" && p[1] === -1, q = p;
      if (minus) q = p.length === 3 ? p[2] : ["*", ...p.slice(2)];
      if (i || minus) r.append(el("mo", minus ? "\u2212" : "+"));
      r.append(math(q, i || minus ? "" : "first"));
    });
    return inner && inner !== "first" ? el("mrow", par("("), r, par(")")) : r;
  }
  if (op === "*") {
    const r = el("mrow");
    a.forEach((p, i) => { if (i) r.append(el("mo", "\u22c5")); r.append(math(p, i ? "in" : "first" + "in")); });
    return r;
  }
  if (op === "/") return el("mfrac", math(a[0]), math(a[1]));
  if (op === "^") return el("msup", math(a[0], "in"), el("mn", String(a[1])));
  if (op === "softmax") {
    const e = (p) => el("msup", el("mi", "e"), math(p, "first")), s = el("mrow");
    a.slice(1).forEach((p, i) => { if (i) s.append(el("mo", "+")); s.append(e(p)); });
    return el("mfrac", e(a[a[0] + 1]), s);
  }
  const r = el("mrow", el("mi", D.names[op] || op), par("("));
  a.forEach((p, i) => { if (i) r.append(el("mo", ",")); r.append(math(p, "first")); });
  r.append(par(")"));
  return r;
}
const rows = [...document.querySelectorAll("#all tbody tr")], N = rows.length;
const at = new Map(D.lines.map((l, i) => [l[0], i]));
const line = (i) => D.lines[at.get(rows[i].dataset.k)];
const asks = (i) => $("ask").checked || (fade && i >= N - fade);
function draw() {
  const row = rows[step], [key, tree, rule] = line(step), c = row.cells;
  $("place").textContent = W.step.replace("{n}", step + 1).replace("{m}", N);
  $("rule").textContent = c[0].textContent ? "(" + c[0].textContent.trim() + ")" : "";
  const hide = asks(step) && !shown.has(key);
  $("why").textContent = hide ? "" : D.rules[rule][1];
  const f = $("formula");
  f.replaceChildren(...[...c[1].childNodes].map((n) => n.cloneNode(true)));
  const s = el("math");
  s.setAttribute("display", "block");
  s.append(el("mo", "="), math(tree, "first"));
  $("numbers").replaceChildren(...(hide ? [] : [s]));
  $("result").textContent = hide ? "= ?" : "= " + digits(values.get(key));
  $("question").hidden = !hide;
  if (hide) question(key, rule);
  rows.forEach((r, i) => {
    const k = r.dataset.k, h = asks(i) && !shown.has(k);
    r.cells[2].dataset.x = h ? "" : values.get(k);
    r.cells[2].textContent = h ? "?" : digits(values.get(k));
    r.classList.toggle("now", i === step);
  });
  const used = new Set([key]);
  (function walk(t) { if (typeof t === "string") used.add(t); else if (Array.isArray(t)) t.slice(1).forEach(walk); })(tree);
  document.querySelectorAll("[data-p]").forEach((n) => n.classList.toggle("on", n.dataset.p.split(" ").some((k) => used.has(k))));
  document.querySelectorAll("[data-v]").forEach((n) => {
    const k = n.dataset.v, i = rows.findIndex((r) => r.dataset.k === k);
    n.textContent = !values.has(k) || i > step || (i >= 0 && asks(i) && !shown.has(k)) ? "" : digits(values.get(k));
  });
  // On a narrow screen the picture scrolls to what the step is about.
  const n = document.querySelector("circle.on"), box = n && n.closest(".scroll");
  if (box && box.scrollWidth > box.clientWidth) {
    const r = n.getBoundingClientRect(), b = box.getBoundingClientRect();
    if (r.left < b.left || r.right > b.right) box.scrollLeft += r.left + r.width / 2 - b.left - b.width / 2;
  }
  $("back").disabled = !step;
  $("next").disabled = step === N - 1;
}
function question(key, rule) {
  const q = $("rules");
  if (q.dataset.k === key) return;
  q.dataset.k = key;
  $("answer").value = "";
  $("verdict").textContent = "";
  const n = D.rules.length, some = [...new Set([rule, (rule + 1) % n, (rule + 2) % n])].sort();
  q.replaceChildren(...["", ...some].map((r) => {
    const o = document.createElement("option");
    o.value = r;
    o.textContent = r === "" ? W.choose : D.rules[r][0];
    return o;
  }));
}
function judge() {
  const [key, , rule] = line(step), t = typed($("answer").value), r = $("rules").value, out = $("verdict");
  if (r !== "" && +r !== rule) { out.textContent = W.rule; return; }
  if (!t) { out.textContent = r === "" || $("answer").value.trim() ? W.number : W.ruled; return; }
  const x = values.get(key);
  if (Math.abs(t[0] - x) <= t[1] + 1e-9 * Math.abs(x)) { shown.add(key); out.textContent = ""; draw(); $("why").textContent = W.right + " " + D.rules[rule][1]; return; }
  for (const [code, tree] of D.slips[key] || []) {
    if (Math.abs(value(tree, values) - t[0]) <= t[1] + 1e-9) { out.textContent = W.slip.replace("{s}", D.slipwords[code]); return; }
  }
  out.textContent = W.wrong;
}
function go(n) { step = Math.max(0, Math.min(N - 1, n)); draw(); link(); }
function link() {
  const p = ["step=" + (step + 1)];
  for (const [k, x] of given) if (x !== first.get(k)) p.push(D.short[k] + "=" + x);
  if (fade) p.push("fade=" + fade);
  const h = "#" + p.join("&");
  if (h.length < 2000) history.replaceState(null, "", h);
}
// Only known names and finite numbers; anything else is ignored.
function read() {
  const h = location.hash.slice(1);
  if (!h || h.length > 2000) return;
  for (const part of h.split("&")) {
    const [name, text] = part.split("="), t = text === undefined ? null : typed(text);
    if (!t) continue;
    if (name === "step" && t[0] >= 1) step = Math.min(N, Math.floor(t[0])) - 1;
    else if (name === "fade" && t[0] >= 0) fade = Math.min(N, Math.floor(t[0]));
    else for (const k of first.keys()) if (D.short[k] === name) given.set(k, t[0]);
  }
}
function fields() {
  document.querySelectorAll("#given input").forEach((f) => {
    f.value = digits(given.get(f.dataset.k)).replace("\u2212", "-");
    f.removeAttribute("aria-invalid");
  });
}
function again() { values = run(given); shown.clear(); draw(); link(); }
document.querySelectorAll("#given input").forEach((f) => f.addEventListener("input", () => {
  const t = typed(f.value);
  if (!t) { f.setAttribute("aria-invalid", "true"); return; }
  f.removeAttribute("aria-invalid");
  given.set(f.dataset.k, t[0]);
  again();
}));
$("back").addEventListener("click", () => go(step - 1));
$("next").addEventListener("click", () => go(step + 1));
$("start").addEventListener("click", () => { given = new Map(first); fields(); step = 0; again(); });
if ($("descend")) $("descend").addEventListener("click", () => {
  for (const k of given.keys()) { const n = k.replace(/^([^[]*)/, "$1_new"); if (values.has(n)) given.set(k, values.get(n)); }
  fields();
  again();
});
$("ask").addEventListener("change", () => { shown.clear(); draw(); });
$("judge").addEventListener("click", judge);
$("show").addEventListener("click", () => { shown.add(line(step)[0]); draw(); });
$("answer").addEventListener("keydown", (e) => { if (e.key === "Enter") judge(); });
document.addEventListener("keydown", (e) => {
  if (/^(INPUT|SELECT|TEXTAREA)$/.test(e.target.tagName) && e.target.type !== "checkbox") return;
  const to = { ArrowLeft: step - 1, ArrowRight: step + 1, Home: 0, End: N - 1 }[e.key];
  if (to !== undefined) { e.preventDefault(); go(to); }
});
agreement();
read();
values = run(given);
fields();
root.classList.add("live");
draw();
}());
