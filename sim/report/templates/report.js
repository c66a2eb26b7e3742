(function () {
  "use strict";
  var root = document.documentElement;
  var plots = Array.from(document.querySelectorAll(".plot"));
  var config = {displayModeBar: false, displaylogo: false, responsive: true, showTips: false,
                doubleClick: false, scrollZoom: false, staticPlot: false};

  function draw(div) {
    var spec = JSON.parse(document.getElementById(div.id + "-data").textContent);
    return Plotly.newPlot(div, spec.data, spec.layout, config);
  }

  // one after the other, so that the page answers while charts further down are drawn
  function next(index) {
    if (index === plots.length) {
      root.dataset.drawn = "all";
      return;
    }
    Promise.resolve(draw(plots[index])).then(function () {
      setTimeout(next, 0, index + 1);
    });
  }
  next(0);

  // charts keep the size of the screen on paper, unless they are drawn for the page first
  var closed = [];
  function fit() {
    plots.forEach(function (div) {
      if (div.data) { Plotly.relayout(div, {width: div.clientWidth || 640}); }
    });
  }
  window.addEventListener("beforeprint", function () {
    closed = Array.from(document.querySelectorAll("details.fold:not([open])"));
    closed.forEach(function (one) { one.open = true; });
    root.classList.add("printing");
    fit();
  });
  window.addEventListener("afterprint", function () {
    closed.forEach(function (one) { one.open = false; });
    root.classList.remove("printing");
    plots.forEach(function (div) {
      if (div.data) { Plotly.relayout(div, {width: null, autosize: true}); }
    });
  });
}());
