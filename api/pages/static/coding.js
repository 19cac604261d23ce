// Coding a transcript: a selection fills the form, a digit gives its code; j, k, n, a and r walk and decide, ? tells of them.
// Offsets are counted in characters of the document's text, which every run of text on the page knows the start of.

export function codeTranscripts() {
  const text = document.querySelector("[data-coding]");
  const form = document.querySelector("[data-code-form]");
  if (!text) return;
  if (form) {
    document.addEventListener("selectionchange", () => take(text, form));
    take(text, form); // what was selected before this script was there
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = actions(text)[event.key] ?? (/^[1-9]$/.test(event.key) && form ? () => give(text, form, event.key) : null);
    if (act && act() !== false) event.preventDefault();
  });
}

function actions(text) {
  return {
    j: () => step(text.querySelectorAll(".turn"), 1),
    k: () => step(text.querySelectorAll(".turn"), -1),
    n: () => step(text.querySelectorAll(".suggestion"), 1),
    a: () => decide("accepted"),
    r: () => decide("rejected"),
    "?": () => help(),
  };
}

function help() {
  const keys = document.querySelector("[data-keys]");
  if (!keys) return false;
  keys.open = !keys.open;
  keys.querySelector("summary").focus();
}

function take(text, form) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !text.contains(selection.anchorNode)) return;
  const range = selection.getRangeAt(0);
  const start = offset(range.startContainer, range.startOffset, true);
  const end = offset(range.endContainer, range.endOffset, false);
  if (start === null || end === null || start >= end) return;
  form.elements.start.value = start;
  form.elements.end.value = end;
  form.elements.quote.value = selection.toString().trim();
  form.querySelector("[data-chosen]").textContent = "Chosen; press the number of a code, or choose one here.";
}

// Where a point of the page lies in the document's text; of one between runs, the run after it or before it.
export function offset(node, at, after) {
  if (node.nodeType === Node.TEXT_NODE) {
    const run = node.parentElement.closest("[data-at]");
    return run ? Number(run.dataset.at) + [...node.data.slice(0, at)].length : null;
  }
  const runs = [...document.querySelectorAll("[data-at]")];
  const place = document.createRange();
  place.setStart(node, at);
  if (after) {
    const run = runs.find((each) => place.comparePoint(each, 0) >= 0);
    return run ? Number(run.dataset.at) : null;
  }
  const run = runs.findLast((each) => place.comparePoint(each, each.childNodes.length) <= 0);
  return run ? Number(run.dataset.at) + [...run.textContent].length : null;
}

function give(text, form, key) {
  take(text, form); // the browser tells of a selection a little later
  const option = form.elements.code.options[Number(key) - 1];
  if (!option || !form.elements.start.value) return false;
  form.elements.code.value = option.value;
  form.requestSubmit();
}

export function step(places, by) {
  const list = [...places];
  if (!list.length) return false;
  const now = list.findIndex((each) => each.contains(document.activeElement));
  const next = list[now < 0 ? (by > 0 ? 0 : list.length - 1) : Math.min(Math.max(now + by, 0), list.length - 1)];
  const target = next.matches(".suggestion") ? next.querySelector("button") : next;
  target?.focus();
  next.scrollIntoView({ block: "center" });
}

export function decide(state) {
  const form = document.activeElement?.closest(".suggestion");
  const button = form?.querySelector(`button[value="${state}"]`);
  if (!button) return false;
  button.click();
}
