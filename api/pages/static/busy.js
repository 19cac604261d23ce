// A button that was pressed says so and cannot be pressed again until the next page is there.

export function showBusy() {
  document.addEventListener("submit", (event) => {
    const button = event.target.querySelector("button[data-busy]");
    if (!button) return;
    const words = button.textContent;
    button.textContent = button.dataset.busy;
    setTimeout(() => { button.disabled = true; });
    addEventListener("pageshow", () => { button.disabled = false; button.textContent = words; }, { once: true });
  });
}
