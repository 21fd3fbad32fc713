// Runs before anything else of the page; a file of its own because the page's policy forbids inline code.
(function () {
  // The theme, before the first paint.
  var kept = localStorage.getItem("orchestra.theme");
  var dark = kept ? kept === "dark" : window.matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");

  // A script that does not come leaves a page that nobody can use: it is asked for again, and then said.
  var KEY = "orchestra.loadedAgain";
  var MOST = 3;
  window.addEventListener(
    "error",
    function (event) {
      if (event.target.tagName !== "SCRIPT") return;
      var times = Number(window.sessionStorage.getItem(KEY) || 0);
      if (times < MOST) {
        window.sessionStorage.setItem(KEY, String(times + 1));
        window.setTimeout(
          function () {
            window.location.reload();
          },
          500 * (times + 1),
        );
        return;
      }
      window.sessionStorage.removeItem(KEY);
      var words = "The console could not be loaded: the server did not send " + event.target.src;
      document.body.textContent = words + ". Reload the page to try again.";
    },
    true,
  );
  window.addEventListener("load", function () {
    if (document.getElementById("root").childElementCount > 0) window.sessionStorage.removeItem(KEY);
  });
})();
