// The desk's own script: it walks lists by keyboard, brings newer rows in, and says
// before a session ends. Everything works without it, a reload at a time.
"use strict";

(() => {
  const poll = 15_000; // milliseconds between two looks for newer rows
  const off = "desk-keys-off";

  const typing = (at) => at.closest("input, textarea, select, [contenteditable], dialog") !== null;
  const rows = () => [...document.querySelectorAll("#live [data-row]")];
  const chosen = () => document.querySelector("#live [data-chosen]");

  const choose = (row) => {
    if (!row) return;
    chosen()?.removeAttribute("data-chosen");
    row.setAttribute("data-chosen", "");
    (row.querySelector("a, button") ?? row).focus();
  };

  const move = (by) => {
    const all = rows();
    const at = all.indexOf(chosen());
    choose(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  const show = (id) => document.getElementById(id)?.showModal?.();

  const press = (key) => chosen()?.querySelector(`[data-key="${CSS.escape(key)}"]`);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (localStorage.getItem(off)) return; // WCAG 2.1.4: keys of one letter can be turned off
    switch (event.key) {
      case "j": move(1); break;
      case "k": move(-1); break;
      case "/": document.getElementById("q")?.focus(); break;
      case "?": show("keys"); break;
      default: {
        const button = event.key.length === 1 && press(event.key);
        if (!button) return;
        button.click();
      }
    }
    event.preventDefault();
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (row && row !== chosen()) {
      chosen()?.removeAttribute("data-chosen");
      row.setAttribute("data-chosen", "");
    }
  });

  for (const link of document.querySelectorAll("[data-keys]")) {
    link.addEventListener("click", (event) => { event.preventDefault(); show("keys"); });
  }
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
  for (const box of document.querySelectorAll("#keys-on")) {
    box.closest("[hidden]").hidden = false;
    box.checked = !localStorage.getItem(off);
    box.addEventListener("change", () => box.checked ? localStorage.removeItem(off) : localStorage.setItem(off, "1"));
  }

  // Newer rows: the same page again, which is not counted as one that somebody read.
  // What has the focus keeps it, and nothing is changed under a form that is filled in.
  let tag = "";
  const look = async () => {
    const live = document.getElementById("live");
    if (!live || document.hidden || live.contains(document.activeElement) && typing(document.activeElement)) return;
    const answer = await fetch(location.href, { headers: { "Skuld-Live": "1", ...(tag && { "If-None-Match": tag }) }, cache: "no-store" });
    if (answer.status !== 200 || answer.redirected) return;
    tag = answer.headers.get("ETag") ?? "";
    const newer = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (!newer || newer.innerHTML === live.dataset.was) return;
    const was = live.dataset.was ?? live.innerHTML;
    live.dataset.was = newer.innerHTML;
    if (newer.innerHTML === was) return;
    const at = rows().indexOf(chosen());
    const focused = live.contains(document.activeElement);
    live.innerHTML = newer.innerHTML;
    const row = rows()[Math.min(at, rows().length - 1)];
    if (focused) choose(row); else row?.setAttribute("data-chosen", "");
  };
  if (document.getElementById("live")) setInterval(() => look().catch(() => {}), poll);

  // A plan that is built while staff and borrower talk: what it comes to follows each
  // change, a moment after the last one.
  const planner = document.querySelector("form[data-planner]");
  if (planner) {
    const slide = planner.querySelector("[data-slides]");
    const amount = planner.elements[slide?.dataset.slides];
    let turn = 0, waiting;
    const count = async () => {
      const mine = ++turn;
      const wanted = new URLSearchParams(new FormData(planner));
      wanted.set("do", "count");
      const answer = await fetch(planner.action, { method: "POST", body: wanted });
      const newer = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("sheet");
      if (newer && mine === turn) document.getElementById("sheet").innerHTML = newer.innerHTML;
    };
    const soon = () => { clearTimeout(waiting); waiting = setTimeout(() => count().catch(() => {}), 200); };
    if (slide) {
      slide.closest("[hidden]").hidden = false;
      slide.value = parseFloat(amount.value) || slide.min;
      slide.addEventListener("input", () => { amount.value = slide.value; planner.elements.months.value = ""; });
    }
    planner.addEventListener("input", soon);
  }

  // The end of the session, said while there is time to stay (WCAG 2.2.1).
  const ending = document.getElementById("ending");
  if (ending) {
    const began = Date.now();
    const after = (seconds, what) => {
      const wait = () => {
        const left = began + 1000 * seconds - Date.now(); // a machine that slept has lost time
        left > 0 ? setTimeout(wait, Math.min(left, 30_000)) : what();
      };
      wait();
    };
    const stay = ending.querySelector("form");
    stay.addEventListener("submit", async (event) => {
      event.preventDefault();
      const answer = await fetch(stay.action, { method: "POST", body: new URLSearchParams(new FormData(stay)) });
      if (!answer.ok || new URL(answer.url).pathname === "/desk/signin") return location.reload();
      ending.close();
      after((Date.now() - began) / 1000 + Number(ending.dataset.warn), () => ending.showModal());
    });
    after(Number(ending.dataset.warn), () => ending.showModal());
    after(Number(ending.dataset.idle), () => { if (ending.open) location.reload(); });
  }

})();
