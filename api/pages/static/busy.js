// A button that was pressed says so and cannot be pressed again until the next page is there, or nothing more comes.

export function showBusy() {
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button[data-busy]");
    if (!button) return;
    const words = button.textContent;
    button.textContent = button.dataset.busy;
    setTimeout(() => { button.disabled = true; });
    const rest = () => { button.disabled = false; button.textContent = words; };
    for (const kind of ["pageshow", "stopped"]) addEventListener(kind, rest, { once: true });
  });
}
