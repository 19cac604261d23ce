import { keepFresh } from "./refresh.js";
import { showBusy } from "./busy.js";
import { takeDrops } from "./drop.js";
import { listenToKeys } from "./keys.js";

listenToKeys();
showBusy();
takeDrops();
keepFresh();
