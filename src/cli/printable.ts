/** Text from patches, layers and paths, so that it cannot steer a terminal. */

// Control characters, and those that turn the direction of writing.
const steering = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Writes out what would move the cursor or turn the direction of writing. */
export function printable(text: string): string {
  return text.replace(steering, (unit) => `\\u{${unit.charCodeAt(0).toString(16)}}`);
}

/** The same for a text of several lines. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
