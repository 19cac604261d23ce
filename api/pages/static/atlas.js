// The map of themes: closer and further away, moved by dragging; what people say stands beside the theme one points at.
// The words are those of the list below the map, so that nothing is sent twice.

const CLOSEST = 8;

export function openAtlas() {
  const atlas = document.querySelector("[data-atlas]");
  if (!atlas) return;
  const map = atlas.querySelector("svg");
  const whole = map.viewBox.baseVal;
  const view = { x: 0, y: 0, width: whole.width, height: whole.height };
  const sight = { map, view, width: whole.width, height: whole.height };
  atlas.querySelector(".atlas-tools").hidden = false;
  for (const button of atlas.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => zoom(sight, Number(button.dataset.zoom)));
  }
  map.addEventListener("wheel", (event) => turn(sight, event), { passive: false });
  map.addEventListener("dblclick", (event) => zoom(sight, 2, place(sight, event)));
  move(sight);
  const card = atlas.querySelector(".atlas-card");
  for (const spot of map.querySelectorAll("[data-spot]")) {
    spot.addEventListener("pointerenter", () => tell(card, map, spot));
    spot.addEventListener("focus", () => { tell(card, map, spot); reveal(sight, spot); });
  }
}

// The wheel scrolls the page, as anywhere; with Ctrl, or by a pinch, it comes closer.
function turn(sight, event) {
  if (!event.ctrlKey && !event.metaKey) return;
  event.preventDefault();
  zoom(sight, event.deltaY < 0 ? 1.2 : 1 / 1.2, place(sight, event));
}

function zoom(sight, factor, at = centre(sight)) {
  const { view, width, height } = sight;
  if (!factor) return show(sight, { x: 0, y: 0, width, height });
  const wide = Math.min(width, Math.max(width / CLOSEST, view.width / factor));
  const scale = wide / view.width;
  show(sight, {
    x: at.x - (at.x - view.x) * scale,
    y: at.y - (at.y - view.y) * scale,
    width: wide,
    height: height * (wide / width),
  });
}

function show(sight, wanted) {
  const { map, view, width, height } = sight;
  Object.assign(view, wanted);
  view.x = Math.min(Math.max(view.x, 0), width - view.width);
  view.y = Math.min(Math.max(view.y, 0), height - view.height);
  map.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  const closer = width / view.width;
  map.style.setProperty("--closer", closer);
  map.classList.toggle("near", closer >= 1.9);
}

function centre({ view }) {
  return { x: view.x + view.width / 2, y: view.y + view.height / 2 };
}

function place({ map }, event) {
  const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(map.getScreenCTM().inverse());
  return { x: point.x, y: point.y };
}

function move(sight) {
  const { map, view } = sight;
  let from = null;
  let moved = false;
  map.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType === "touch") return; // a finger scrolls
    from = { x: event.clientX, y: event.clientY, view: { ...view } };
    moved = false;
  });
  addEventListener("pointermove", (event) => {
    if (!from) return;
    const scale = view.width / map.clientWidth;
    const by = { x: event.clientX - from.x, y: event.clientY - from.y };
    moved ||= Math.hypot(by.x, by.y) > 4;
    if (moved) show(sight, { ...from.view, x: from.view.x - by.x * scale, y: from.view.y - by.y * scale });
  });
  addEventListener("pointerup", () => { from = null; });
  map.addEventListener("dragstart", (event) => event.preventDefault());
  map.addEventListener("click", (event) => { if (moved) event.preventDefault(); moved = false; });
}

function reveal(sight, spot) {
  const { view } = sight;
  const circle = spot.querySelector("circle");
  const [x, y] = ["cx", "cy"].map((name) => Number(circle.getAttribute(name)));
  const seen = x > view.x && x < view.x + view.width && y > view.y && y < view.y + view.height;
  if (!seen) show(sight, { ...view, x: x - view.width / 2, y: y - view.height / 2 });
}

function tell(card, map, spot) {
  const told = document.getElementById(`spot-${spot.dataset.spot}`);
  if (!told) return;
  for (const other of map.querySelectorAll(".pointed")) other.classList.remove("pointed");
  spot.classList.add("pointed");
  card.replaceChildren(...[...told.childNodes].map((node) => node.cloneNode(true)));
  card.hidden = false;
}
