/* The page frame's own behaviour: drawer, side menu, filters, print. Everything also works without it. */
(function () {
  "use strict";
  var root = document.documentElement;
  root.classList.add("js");

  var drawer, panel, body, back;
  var trail = [];
  var opener = null;

  function openDrawer() {
    if (drawer.hidden) {
      opener = document.activeElement;
      drawer.hidden = false;
      document.body.style.overflow = "hidden";
    }
    back.hidden = trail.length < 2;
    panel.scrollTop = 0;
    panel.focus();
  }

  function closeDrawer() {
    if (drawer.hidden) { return; }
    drawer.hidden = true;
    document.body.style.overflow = "";
    trail = [];
    body.textContent = "";
    if (opener && document.contains(opener)) { opener.focus(); }
  }

  function keepFocusInside(event) {
    var inside = panel.querySelectorAll("a[href],button:not([hidden]):not([disabled]),input,select,textarea");
    if (!inside.length) { return; }
    var first = inside[0];
    var last = inside[inside.length - 1];
    if (event.shiftKey && (document.activeElement === first || document.activeElement === panel)) {
      last.focus();
      event.preventDefault();
    } else if (!event.shiftKey && document.activeElement === last) {
      first.focus();
      event.preventDefault();
    }
  }

  function tell(text) {
    var notice = document.getElementById("notice");
    if (!notice) { return; }
    var line = document.createElement("div");
    line.className = "notice error";
    line.textContent = text;
    notice.textContent = "";
    notice.appendChild(line);
    notice.scrollIntoView({ block: "nearest" });
  }

  function fold(button) {
    var open = button.getAttribute("aria-expanded") !== "true";
    var row = button.closest("tr");
    var level = Number(row.getAttribute("data-level"));
    button.setAttribute("aria-expanded", String(open));
    for (row = row.nextElementSibling; row && Number(row.getAttribute("data-level")) > level; row = row.nextElementSibling) {
      row.hidden = !open;
      var inner = row.querySelector("[data-twist]");
      if (inner) { inner.setAttribute("aria-expanded", String(open)); }
    }
  }

  function drawCharts(scope) {
    if (window.luoshiCharts) { window.luoshiCharts(scope); }
  }

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-back]") && window.history.length > 1) { event.preventDefault(); window.history.back(); }
  });

  function follow() {
    document.querySelectorAll("a[data-follows]").forEach(function (link) { link.search = window.location.search; });
  }

  document.addEventListener("DOMContentLoaded", function () {
    drawer = document.getElementById("drawer");
    if (!drawer) { return; }
    panel = drawer.querySelector(".drawer-panel");
    body = document.getElementById("drawer-body");
    back = drawer.querySelector("[data-drawer-back]");

    document.addEventListener("click", function (event) {
      var target = event.target;
      if (target.closest("[data-drawer-close]")) { closeDrawer(); }
      if (target.closest("[data-print]")) { window.print(); }
      if (target.closest(".burger")) { event.preventDefault(); document.getElementById("side").classList.add("open"); }
      else if (!target.closest(".side") || target.closest(".side-close")) {
        document.getElementById("side").classList.remove("open");
      }
      var twist = target.closest("[data-twist]");
      if (twist) { fold(twist); }
      var me = document.getElementById("me");
      if (target.closest("[data-open-me]")) { event.preventDefault(); me.open = true; }
      else if (me.open && !target.closest("#me")) { me.open = false; }
    });
    back.addEventListener("click", function () {
      trail.pop();
      var before = trail.pop();
      if (before) { window.htmx.ajax("GET", before, { target: "#drawer-body" }); }
    });
    document.addEventListener("keydown", function (event) {
      if (drawer.hidden) { return; }
      if (event.key === "Escape") { closeDrawer(); }
      if (event.key === "Tab") { keepFocusInside(event); }
    });
    document.addEventListener("change", function (event) {
      var all = event.target.closest("[data-all]");
      if (!all) { return; }
      all.form.querySelectorAll("input[name=" + all.getAttribute("data-all") + "]").forEach(function (box) { box.checked = all.checked; });
    });
    document.body.addEventListener("click", function (event) {
      var asked = event.target.closest("[data-confirm]");
      if (asked && !window.confirm(asked.getAttribute("data-confirm"))) { event.preventDefault(); }
    });
    document.body.addEventListener("htmx:afterSwap", function (event) {
      if (event.detail.target.id === "drawer-body") {
        trail.push(event.detail.pathInfo.requestPath);
        openDrawer();
      }
      drawCharts(event.detail.target);
    });
    document.body.addEventListener("htmx:pushedIntoHistory", follow);
    document.body.addEventListener("htmx:responseError", function (event) {
      closeDrawer();
      if (event.detail.xhr.status >= 500) { tell("系统出错，办理没有完成。请稍后重试；仍不行时请告诉系统管理员。"); }
      document.getElementById("notice").scrollIntoView({ block: "nearest" });
    });
    document.body.addEventListener("htmx:sendError", function () {
      tell("网络不通，未能取得数据。请检查网络后重试。");
    });
    drawCharts(document);
  });
}());
