// Sets the theme before the first paint; a file of its own because the page's policy forbids inline code.
(function () {
  var kept = localStorage.getItem("orchestra.theme");
  var dark = kept ? kept === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
