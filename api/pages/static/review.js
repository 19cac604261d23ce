// Looking through an upload: a and r decide the mark that has the focus, j and k walk, h hides what is selected.

import { decide, offset, step } from "./coding.js";

export function reviewUploads() {
  const text = document.querySelector("[data-review]");
  const form = document.querySelector("[data-hide-form]");
  if (!text || !form) return;
  document.querySelector("#next button")?.focus();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const act = {
      a: () => settle("accepted"),
      r: () => settle("rejected"),
      j: () => step(document.querySelectorAll(".suggestion"), 1),
      k: () => step(document.querySelectorAll(".suggestion"), -1),
      h: () => hide(text, form),
    }[event.key];
    if (act && act() !== false) event.preventDefault();
  });
}

// The mark that has the focus, or else the first that nobody has decided.
function settle(state) {
  if (decide(state) !== false) return;
  const button = document.querySelector(`#next button[value="${state}"]`);
  if (!button) return false;
  button.click();
}

function hide(text, form) {
  const selection = getSelection();
  if (!selection.rangeCount || selection.isCollapsed || !text.contains(selection.anchorNode)) return false;
  const range = selection.getRangeAt(0);
  const start = offset(range.startContainer, range.startOffset, true);
  const end = offset(range.endContainer, range.endOffset, false);
  if (start === null || end === null || start >= end) return false;
  form.elements.start.value = start;
  form.elements.end.value = end;
  form.elements.words.value = selection.toString();
  form.requestSubmit();
}
