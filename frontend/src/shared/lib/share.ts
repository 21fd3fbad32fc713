/** A part of a whole in per cent; a dash while either is not known. */
export function showShare(part: number, whole: number): string {
  const share = (part / whole) * 100;
  return Number.isFinite(share) ? `${share.toFixed(0)} %` : "–";
}
