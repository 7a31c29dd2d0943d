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
    note.textContent = note.dataset.lost.replace("{n}", String(minutes));
  }, 5000);

  // A text to be copied is selected whole by a button: WeChat's browser has no clipboard.
  for (const button of document.querySelectorAll("button[data-selects]")) {
    const text = document.getElementById(button.dataset.selects);
    button.hidden = false;
    button.addEventListener("click", () => {
      text.focus();
      text.setSelectionRange(0, text.value.length);
    });
  }

  // What a day of the year was, said below its map: on a tap, or by the arrow keys.
  const map = document.querySelector(".map");
  if (!map) return;
  const said = document.querySelector(".day");
  const days = [...map.querySelectorAll("path")].filter((path) => path.querySelector("title"));
  const steps = { ArrowLeft: -7, ArrowRight: 7, ArrowUp: -1, ArrowDown: 1 };
  let at = days.length - 1;
  while (at > 0 && days[at].classList.contains("coming")) at -= 1;
  const choose = (n) => {
    if (!days[n]) return;
    days[at].classList.remove("chosen");
    at = n;
    days[at].classList.add("chosen");
    days[at].scrollIntoView({ block: "nearest", inline: "nearest" });
    said.textContent = days[at].querySelector("title").textContent;
  };
  said.textContent = said.dataset.hint;
  map.addEventListener("click", (event) => choose(days.indexOf(event.target)));
  map.addEventListener("keydown", (event) => {
    if (!(event.key in steps)) return;
    event.preventDefault();
    choose(at + steps[event.key]);
  });
})();
