/** The longest remote text that is shown in one place, in characters. */
const longest = 2000;

/**
 * What neither a name nor a sentence needs and what can make one look like another: control characters, those that turn
 * the direction of text, those that take no room, halves of pairs.
 */
const unseen =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}\ud800-\udfff]/gu;

/** What most text is made of: none of it needs a closer look. */
const plain = /^[ -~]*$/;

/** Text that came from an engine, safe to show: what can't be seen becomes an escape, too long an end is cut. */
export function sanitise(text: string): string {
  if (plain.test(text) && text.length <= longest) return text;
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return cut.replace(unseen, (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** The same for places that draw icons from text (quick picks, the status bar): `$(trash)` stays letters there. */
export function sanitiseLabel(text: string): string {
  return sanitise(text).replaceAll('$(', '$ (');
}

/**
 * The same for notices and questions, which may have several lines: there VS Code makes links of `[text](address)`, and
 * an address may be a command.
 */
export function sanitiseNotice(text: string): string {
  return text.split('\n').map(sanitise).join('\n').replaceAll('](', '] (');
}
