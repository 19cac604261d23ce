// Files can be dropped anywhere on the upload form, and the chosen ones are listed.

export function takeDrops() {
  const form = document.querySelector("form[data-drop]");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector(".drop");
  for (const kind of ["dragenter", "dragover"]) form.addEventListener(kind, (event) => mark(event, zone, true));
  for (const kind of ["dragleave", "drop"]) form.addEventListener(kind, (event) => mark(event, zone, false));
  form.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length) input.files = event.dataTransfer.files;
    list(form, input);
  });
  input.addEventListener("change", () => list(form, input));
}

function mark(event, zone, over) {
  event.preventDefault();
  zone.classList.toggle("over", over);
}

function list(form, input) {
  const items = [...input.files].map((file) => {
    const item = document.createElement("li");
    item.textContent = file.name;
    return item;
  });
  form.querySelector(".chosen").replaceChildren(...(items.length > 1 ? items : []));
}
