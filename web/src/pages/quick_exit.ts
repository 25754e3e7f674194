/** "Leave this site quickly" (the idea is GOV.UK's): blank at once, this page out of the history, somewhere dull. */
export function leaveQuickly(where: string): void {
  document.documentElement.dataset.gone = "yes";
  document.title = "Loading";
  history.replaceState(null, "", "/");
  location.replace(where);
}
