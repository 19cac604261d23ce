import { keepFresh } from "./refresh.js";
import { showBusy } from "./busy.js";
import { takeDrops } from "./drop.js";
import { listenToKeys } from "./keys.js";
import { tellAnswers } from "./telling.js";
import { codeTranscripts } from "./coding.js";
import { reviewUploads } from "./review.js";
import { arrangeBoard } from "./board.js";

listenToKeys();
showBusy();
takeDrops();
keepFresh();
tellAnswers();
codeTranscripts();
reviewUploads();
arrangeBoard();
