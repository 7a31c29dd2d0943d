// Keeps a page that refreshes itself honest: it turns grey when it has lost contact, and never
// shows the page of an error in the place of what was known.
"use strict";
(() => {
  let heard = Date.now();
  document.addEventListener("htmx:before:swap", (event) => {
    const response = event.detail.ctx.response;
    if (response && response.status === 200) heard = Date.now();
    else event.preventDefault();
  });
  setInterval(() => {
    const live = document.querySelector("[data-stale-after]");
    if (!live) return;
    const minutes = Math.floor((Date.now() - heard) / 60000);
    const note = live.querySelector(".stale");
    if (minutes < Number(live.dataset.staleAfter)) return;
    live.classList.add("lost");
    note.hidden = false;
    note.textContent = note.textContent.replace(/\d+/, String(minutes));
  }, 5000);
})();
