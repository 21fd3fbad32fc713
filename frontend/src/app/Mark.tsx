/** Orchestra's mark: strings in a ring. */
export function Mark({ size = 17 }: { size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      aria-hidden="true"
    >
      <circle cx="8" cy="8" r="6.25" />
      <path d="M5.2 3v10M8 2v12M10.8 3v10" />
    </svg>
  );
}
