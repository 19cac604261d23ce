// "/" goes to the search box; Enter in a question asks it, Shift+Enter begins a new line.

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "/") findOn(event);
    if (event.key === "Enter" && !event.shiftKey && event.target.matches(".ask textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  });
}

function findOn(event) {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  const field = document.getElementById("find");
  if (typing || !field) return;
  event.preventDefault();
  field.select();
}
