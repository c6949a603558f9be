// What the harness knows of the page: the product's own attributes under the harness's names, and its three acts.

import init, { reveal, set_cells, show, validate_all } from "./peer_form.js";

const one = (selector) => document.querySelector(selector);
const input = () => one("[data-grid-input]");
const cellAt = (row, column) => one(`[data-row-index="${row}"] > [data-field="${column}"]`);

// The grid has one real input, which goes to the cell pointed at: as a field, a cell is that input over that text.
class Field {
  tagName = "INPUT";
  constructor(cell) {
    this.cell = cell;
  }
  get value() {
    return this.cell.textContent;
  }
  get readOnly() {
    return input().readOnly;
  }
  focus() {
    input().focus();
  }
  scrollIntoView(how) {
    this.cell.scrollIntoView(how);
  }
  getBoundingClientRect() {
    return this.cell.getBoundingClientRect();
  }
}

// The product removes the rows of the selection: the button is row 0's once the cursor is there.
const remover = (row) => (cellAt(row, "name")?.parentElement.querySelector(".cursor") ? one('[title^="删除行"]') : null);

const FOUND = {
  "add-row": () => one("#bench-add"),
  "row-count": () => one('[data-grid-count="rows"]'),
  "error-count": () => one('[data-count="error"]'),
  "error-ceiling": () => one('[id$="-ceiling-findings"]'),
  total: () => one('[data-total="total"]'),
  viewport: () => one("[data-viewport]"),
};
const NAMED = [
  [/^cell-(\d+)-(\w+)$/, (row, column) => {
    const cell = cellAt(row, column);
    return cell && new Field(cell);
  }],
  [/^row-amount-(\d+)$/, (row) => cellAt(row, "amount")],
  [/^subtotal-(\w+)$/, (category) => one(`[data-total="category:${category}"]`)],
  [/^del-(\d+)$/, remover],
];

function find(key) {
  if (FOUND[key]) return FOUND[key]();
  for (const [name, found] of NAMED) {
    const parts = name.exec(key);
    if (parts) return found(...parts.slice(1));
  }
  return null;
}

window.__bench = {
  find,
  reveal,
  setCells: (start, columns, block) => set_cells(start, columns, block.map((row) => row.join("\t")).join("\n")),
  validateAll: validate_all,
  info: { lib: "omfund", virtual: "rows and columns", notes: "exact decimals, findings with articles, undo" },
};

const asked = new URLSearchParams(location.search);
await init({ module_or_path: "./peer_form_bg.wasm" });
performance.mark("bench-code-loaded");
show(Number(asked.get("n") ?? 200), asked.get("set") === "ties");
