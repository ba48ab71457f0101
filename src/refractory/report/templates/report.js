"use strict";
// Marks of a figure say what they are: by pointer, by arrow keys, and the same person in every figure at once.
// Without this script the figures stand as they are, and browsers show the titles of marks by themselves.
(() => {
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("role", "status");
  document.body.append(tip);

  const words = new Map();
  const marksOf = new Map();
  for (const figure of document.querySelectorAll("svg.figure")) {
    const marks = [];
    for (const title of figure.querySelectorAll(":scope title")) {
      const mark = title.parentElement;
      words.set(mark, title.textContent);
      title.remove();
      mark.classList.add("mark-with-words");
      marks.push(mark);
    }
    if (marks.length) {
      marksOf.set(figure, marks);
      figure.setAttribute("tabindex", "0");
    }
  }

  let shown = null;
  function hide() {
    if (!shown) return;
    tip.hidden = true;
    shown = null;
    for (const one of document.querySelectorAll(".is-shown")) one.classList.remove("is-shown");
    for (const one of document.querySelectorAll(".has-shown")) one.classList.remove("has-shown");
  }

  function show(mark) {
    if (shown === mark) return;
    hide();
    shown = mark;
    tip.textContent = words.get(mark);
    tip.hidden = false;
    const box = mark.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above > 8 ? above : box.bottom + 8) + scrollY}px`;
    const person = mark.dataset.person;
    const same = person === undefined ? [mark] : document.querySelectorAll(`[data-person="${CSS.escape(person)}"]`);
    for (const one of same) {
      one.classList.add("is-shown");
      one.closest("svg").classList.add("has-shown");
    }
  }

  for (const [figure, marks] of marksOf) {
    figure.addEventListener("pointerover", (event) => {
      const mark = event.target.closest(".mark-with-words");
      if (mark) show(mark);
      else hide();
    });
    figure.addEventListener("pointerleave", hide);
    figure.addEventListener("blur", hide);
    figure.addEventListener("keydown", (event) => {
      const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
      if (event.key === "Escape") hide();
      if (!(event.key in steps)) return;
      event.preventDefault();
      const before = marks.indexOf(shown);
      const next = before === -1 ? (steps[event.key] === 1 ? 0 : marks.length - 1) : before + steps[event.key];
      show(marks[(next + marks.length) % marks.length]);
    });
  }
})();
