/* Charts from the data that stands in the page beside them (data-chart, JSON); the table is the fallback. */
(function () {
  "use strict";
  var COLOURS = ["#c8161d", "#dba944", "#1f5fbf", "#2ba471", "#86909c", "#7a4fb5"];

  /* Decimals of the values, so that 99 stands as 99.00 beside 98.37, as in the printed table. */
  function digits(values) {
    return values.reduce(function (most, each) { return Math.max(most, (String(each).split(".")[1] || "").length); }, 0);
  }

  function option(spec, room) {
    var horizontal = spec.categories.length > 8 && spec.kind === "bar";
    var names = { type: "category", data: spec.categories, axisTick: { show: false }, inverse: horizontal, axisLabel: { color: "#4e5969", interval: 0, width: horizontal ? 120 : Math.max(48, room / spec.categories.length - 12), overflow: "break", lineHeight: 15 } };
    var amounts = { type: "value", name: horizontal ? "" : spec.unit, scale: spec.kind === "line", axisLabel: { color: "#4e5969" }, splitLine: { lineStyle: { color: "#f0f1f3" } } };
    return {
      animation: false,
      color: COLOURS,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { left: 12, right: 24, top: 36, bottom: 8, containLabel: true },
      legend: spec.series.length > 1 ? { top: 0, data: spec.series.map(function (each) { return each.name; }) } : undefined,
      tooltip: { trigger: "axis", renderMode: "richText" },
      xAxis: horizontal ? amounts : names,
      yAxis: horizontal ? names : amounts,
      series: spec.series.map(function (each) {
        return { name: each.name, type: spec.kind, data: each.values, barMaxWidth: 22, label: { show: true, position: horizontal ? "right" : "top", color: "#1d2129", formatter: function (point) { return typeof point.value === "number" ? point.value.toFixed(digits(each.values)) : "—"; } } };
      })
    };
  }

  window.luoshiCharts = function (scope) {
    if (!window.echarts) { return; }
    Array.prototype.forEach.call(scope.querySelectorAll("[data-chart]"), function (box) {
      if (box.getAttribute("data-drawn")) { return; }
      box.setAttribute("data-drawn", "1");
      var spec = JSON.parse(box.getAttribute("data-chart"));
      if (spec.kind === "bar" && spec.categories.length > 8) { box.style.height = 60 + spec.categories.length * 26 + "px"; }
      var chart = window.echarts.init(box, null, { renderer: "svg" });
      chart.setOption(option(spec, box.clientWidth - 60));
      window.addEventListener("resize", function () { chart.resize(); });
    });
  };
}());
