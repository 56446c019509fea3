/* The page of an answer: a draft every 20 seconds, last period's value by one click, and what was typed kept
   in this browser until it reached the server, so that an expired sign-in loses nothing. */
(function () {
  "use strict";
  var EVERY = 20000;
  var PREFIX = "luoshi.fill.";

  document.addEventListener("DOMContentLoaded", function () {
    var form = document.getElementById("entry");
    if (!form) { return; }
    var place = PREFIX + form.getAttribute("data-keep") + "." + form.getAttribute("action");
    var changed = false;

    function inputs() {
      return Array.prototype.filter.call(form.elements, function (input) {
        return input.name && input.type !== "hidden" && input.type !== "checkbox" && input.type !== "file" && input.tagName !== "BUTTON";
      });
    }

    function texts() {
      var found = {};
      inputs().forEach(function (input) { found[input.name] = input.value; });
      return found;
    }

    function kept() {
      try { return JSON.parse(window.sessionStorage.getItem(place) || "null"); } catch (error) { return null; }
    }

    function keep() {
      var rev = form.elements.rev.value;
      try { window.sessionStorage.setItem(place, JSON.stringify({ rev: rev, texts: texts() })); } catch (error) { return; }
    }

    function forget() {
      try { window.sessionStorage.removeItem(place); } catch (error) { return; }
    }

    /* Tables: rows are added and dropped in place, sums follow; without scripts the buttons ask the server. */
    function each(list, act) { Array.prototype.forEach.call(list, act); }

    function renumber(body) {
      each(body.rows, function (row, index) {
        var number = index + 1;
        row.cells[0].textContent = number;
        each(row.querySelectorAll("[name]"), function (input) {
          if (input.tagName === "BUTTON") {
            input.value = input.value.replace(/\.\d+$/, "." + number);
            input.setAttribute("aria-label", "删除第 " + number + " 行");
            return;
          }
          var parts = input.name.split(".");
          input.name = parts[0] + "." + number + "." + parts[2];
          input.id = "id_" + input.name;
          input.setAttribute("aria-label", input.getAttribute("aria-label").replace(/^第 \d+ 行/, "第 " + number + " 行"));
        });
      });
    }

    function emptied(row) {
      each(row.querySelectorAll("input,select"), function (input) { input.value = ""; input.removeAttribute("aria-invalid"); });
      each(row.querySelectorAll(".bad-text"), function (note) { note.remove(); });
      return row;
    }

    function addRow(box) {
      var body = box.querySelector("tbody");
      if (!body.rows.length || body.rows.length >= Number(box.getAttribute("data-most"))) { return null; }
      var row = body.appendChild(emptied(body.rows[0].cloneNode(true)));
      renumber(body);
      return row;
    }

    function summed(box) {
      each(box.querySelectorAll("[data-total]"), function (cell) {
        var inputs = box.querySelectorAll('[data-sum="' + cell.getAttribute("data-total") + '"]');
        if (!inputs.length) { return; }
        var digits = 0;
        var sum = 0;
        each(inputs, function (input) {
          var text = input.value.trim();
          digits = Math.max(digits, (text.split(".")[1] || "").length);
          sum += Number(text) || 0;
        });
        cell.textContent = String(Number(sum.toFixed(Math.min(digits, 6))));
      });
    }

    var tables = Array.prototype.slice.call(form.querySelectorAll("[data-rows]"));
    tables.forEach(function (box) {
      box.addEventListener("input", function () { summed(box); });
      box.addEventListener("click", function (event) {
        var button = event.target.closest("button");
        if (!button) { return; }
        var body = box.querySelector("tbody");
        if (button.hasAttribute("data-more")) {
          var row = addRow(box);
          if (!row) { return; }
          row.querySelector("input,select").focus();
        } else if (button.value.indexOf("drop:") === 0) {
          var gone = button.closest("tr");
          if (body.rows.length > 1) { gone.remove(); renumber(body); } else { emptied(gone); }
          summed(box);
        } else { return; }
        event.preventDefault();
        changed = true;
        keep();
      });
    });

    /* A file too large is named before it travels. */
    each(form.querySelectorAll("input[type=file]"), function (input) {
      input.addEventListener("change", function () {
        var big = input.files[0] && input.files[0].size > 50 * 1024 * 1024;
        input.setCustomValidity(big ? "文件超过 50 MB，请压缩或拆分后上传。" : "");
        if (big) { input.reportValidity(); }
      });
    });

    /* What was kept may have more rows than the page. */
    function grown(found) {
      tables.forEach(function (box) {
        var key = box.getAttribute("data-rows");
        var last = 0;
        Object.keys(found.texts).forEach(function (name) {
          var parts = name.split(".");
          if (parts.length === 3 && parts[0] === key && found.texts[name]) { last = Math.max(last, Number(parts[1])); }
        });
        for (var row = box.querySelector("tbody").rows.length; row < last; row += 1) { addRow(box); }
      });
    }

    function differs(found) {
      return inputs().some(function (input) {
        return input.name in found.texts && found.texts[input.name] !== input.value;
      });
    }

    function put(found) {
      inputs().forEach(function (input) {
        if (input.name in found.texts) { input.value = found.texts[input.name]; }
      });
      tables.forEach(summed);
      changed = true;
    }

    function offer(text, title, act) {
      var line = document.createElement("div");
      var button = document.createElement("button");
      line.className = "notice warning";
      line.textContent = text;
      button.type = "button";
      button.className = "link-btn";
      button.textContent = title;
      button.addEventListener("click", function () {
        act();
        line.remove();
      });
      line.appendChild(button);
      document.getElementById("restored").appendChild(line);
    }

    function restore() {
      var found = kept();
      if (!found || form.querySelector(".bad-text, .notice.error, .notice.warning")) { return; }
      grown(found);
      if (!differs(found)) { forget(); return; }
      if (found.rev === form.elements.rev.value) {
        var shown = { texts: texts() };
        put(found);
        offer("已恢复您在本浏览器填写、尚未保存的内容。", "不要恢复", function () { put(shown); forget(); });
      } else {
        offer("本浏览器还留有您先前填写、没有存上的内容，草稿已有更新的一版。", "用我先前填写的", function () { put(found); keep(); });
      }
    }

    /* What is known already: a tick puts the value in, another value takes the tick away. */
    var ticks = Array.prototype.slice.call(form.querySelectorAll("[data-known]"));
    var all = document.getElementById("same-all");

    function into(tick) { return document.getElementById(tick.getAttribute("data-into")); }

    function like(tick) { return into(tick).value.trim() === tick.getAttribute("data-known"); }

    function tickAll() { if (all) { all.checked = ticks.every(function (tick) { return tick.checked; }); } }

    ticks.forEach(function (tick) {
      tick.addEventListener("change", function () {
        if (tick.checked) { into(tick).value = tick.getAttribute("data-known"); changed = true; keep(); }
        tickAll();
      });
      into(tick).addEventListener("input", function () {
        if (!like(tick)) { tick.checked = false; tickAll(); }
      });
    });
    if (all) {
      all.addEventListener("change", function () {
        ticks.forEach(function (tick) {
          var input = into(tick);
          if (!all.checked) { tick.checked = false; return; }
          if (!input.value.trim()) { input.value = tick.getAttribute("data-known"); changed = true; }
          tick.checked = like(tick);
        });
        keep();
      });
    }
    form.addEventListener("input", function () { changed = true; keep(); });
    form.addEventListener("click", function (event) {
      var button = event.target.closest("[data-same]");
      if (!button) { return; }
      var input = document.getElementById(button.getAttribute("data-into"));
      input.value = button.getAttribute("data-same");
      input.focus();
      changed = true;
      keep();
    });
    form.addEventListener("htmx:afterRequest", function (event) {
      if (event.detail.successful && document.querySelector("#draft-state[data-saved]") && !changed) { forget(); }
    });
    window.setInterval(function () {
      if (!changed || !document.querySelector("#draft-state[data-saved]")) { return; }
      changed = false;
      window.htmx.trigger(form, "autosave");
    }, EVERY);
    restore();
  });
}());
