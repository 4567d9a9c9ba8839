// symback under Pyodide: what is typed becomes a command line, its Markdown a page.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import temml from "./temml/temml.mjs";

const at = (id) => document.getElementById(id);
const status = (text) => { at("status").textContent = text; };

const started = (async () => {
  const pyodide = await loadPyodide({ indexURL: new URL("./pyodide/", import.meta.url).href });
  const names = await (await fetch("packages/packages.json")).json();
  for (const name of names) {
    const response = await fetch(`packages/${name}`);
    pyodide.unpackArchive(await response.arrayBuffer(), "zip", { extractDir: "/packages" });
  }
  pyodide.runPython(`
import contextlib, io, sys
sys.path.insert(0, "/packages")
from symback.cli.app import run

def said(arguments, typed):
    out, complaints = io.StringIO(), io.StringIO()
    class Typed:
        buffer = io.BytesIO(typed.encode())
    kept, sys.stdin = sys.stdin, Typed()
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(complaints):
            run(list(arguments))
    finally:
        sys.stdin = kept
    return out.getvalue() or complaints.getvalue()
`);
  return pyodide.globals.get("said");
})();

// What a text is: the arguments of the command that it stands for, and what that reads.
export function command(text, network) {
  const what = text.trim();
  if (/^(input|target|param|index) /m.test(what) && what.includes("\n")) {
    return [["derive", "--model", "-", "--format", "markdown"], `${what}\n`];
  }
  if (/^[-0-9.]+(\s*,\s*[-0-9.]+)+$/.test(what)) {
    return [["derive", `--layers=${what.replace(/\s/g, "")}`, ...network.functions, "--format", "markdown"], ""];
  }
  if (/^[a-z][a-z0-9-]*$/.test(what)) return [["derive", "--model", what, "--format", "markdown"], ""];
  if (/\$|\\\[|\\begin/.test(what)) {
    return [["check", "-", "--from", "markdown", "--format", "markdown"], what];
  }
  return [["answer", "--layers", network.layers, ...network.functions, "--format", "markdown", "--", what], ""];
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

function formula(text, display) {
  try {
    return temml.renderToString(text, { displayMode: display, throwOnError: true });
  } catch {
    return `<code>${escaped(text)}</code>`;
  }
}

// The Markdown that symback writes, which is a small part of the language.
export function page(markdown) {
  // Between pieces of prose stand formulas, as GitHub or a notebook has them, and text as it is.
  const pieces = markdown.split(/^(```math|```text|\$\$)\n([\s\S]*?)^(?:```|\$\$)$/m);
  return pieces.map((piece, number) => {
    if (number % 3 === 0) return prose(piece);
    if (number % 3 === 1) return "";
    return pieces[number - 1] === "```text" ? `${set(piece)}<pre>${escaped(piece)}</pre>`
      : `<div class="display">${formula(piece.trim(), true)}</div>`;
  }).join("");
}

// A formula that a verdict is about, whole and in LaTeX, stands as mathematics above its source.
function set(source) {
  const lines = source.split("\n").filter((line) => !/^[\s^]*$/.test(line));
  const only = lines.length === 1 ? lines[0].trim() : "";
  const latex = only.replace(/^\$+|\$+$|^\\\[|\\\]$|\\\\\s*$|&/g, "");
  if (!latex.includes("\\") || latex.includes("…")) return "";
  const shown = formula(latex, true);
  return shown.startsWith("<code>") ? "" : `<div class="display">${shown}</div>`;
}

function prose(text) {
  return text.split(/\n{2,}/).filter((part) => part.trim()).map((part) => {
    const block = part.trim();
    const heading = block.match(/^(#{1,4}) (.*)$/);
    if (heading) return `<h${heading[1].length + 1}>${inline(heading[2])}</h${heading[1].length + 1}>`;
    if (block.startsWith("|")) return table(block);
    if (/^[-*] /.test(block)) {
      return `<ul>${block.split(/\n[-*] /).map((i) => `<li>${inline(i.replace(/^[-*] /, ""))}</li>`).join("")}</ul>`;
    }
    return `<p>${inline(block)}</p>`;
  }).join("");
}

function table(block) {
  const rows = block.split("\n").filter((row) => !/^\|[\s:|-]+\|$/.test(row));
  const cells = (row, tag) => row.split(/(?<!\\)\|/).slice(1, -1)
    .map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`).join("");
  return `<table>${rows.map((row, at_) => `<tr>${cells(row, at_ ? "td" : "th")}</tr>`).join("")}</table>`;
}

function inline(text) {
  return text.split(/\$`([^`]+)`\$/).map((piece, number) => (number % 2
    ? formula(piece, false)
    : piece.split(/`+ ?([^`]+?) ?`+/).map((part, at_) => (at_ % 2 ? `<code>${escaped(part)}</code>` : words(part))).join("")
  )).join("");
}

// Emphasis, and signs that a backslash keeps from being any.
function words(text) {
  return escaped(text).replace(/\*\*([^*]+)\*\*/g, "<strong>$1</strong>")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1");
}

async function go() {
  const said = await started;
  const functions = [];
  for (const name of ["activations", "loss"]) if (at(name).value.trim()) functions.push(`--${name}`, at(name).value.trim());
  const [words, typed] = command(at("what").value, { layers: at("layers").value.trim(), functions });
  status("Working …");
  await new Promise((done) => { setTimeout(done, 20); });
  const text = said(words, typed);
  at("result").innerHTML = text.startsWith("symback: ")
    ? `<pre>${escaped(text)}</pre>` : page(text);
  at("result").dataset.runs = Number(at("result").dataset.runs ?? 0) + 1;
  status("Done.");
}

at("form").addEventListener("submit", (event) => { event.preventDefault(); go(); });
for (const button of document.querySelectorAll("[data-what]")) {
  button.addEventListener("click", () => { at("what").value = button.dataset.what; go(); });
}
started.then(() => { at("go").disabled = false; status("Ready."); }, (error) => status(String(error)));
