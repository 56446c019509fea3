/* A figure on the bulletin opens in the drawer; without JavaScript its address opens as a page. */
(function () {
  "use strict";
  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.forEach.call(document.querySelectorAll("#paper a[href]"), function (link) {
      link.addEventListener("click", function (event) {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
        event.preventDefault();
        window.htmx.ajax("GET", link.getAttribute("href"), { target: "#drawer-body", source: link });
      });
    });
  });
}());
