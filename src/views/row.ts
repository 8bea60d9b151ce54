/** An icon of VS Code's own set, with a colour of the theme. */
export interface Icon {
  readonly name: string;
  readonly color?: string;
}

/** What the tree shows of one object: plain data, every text safe to show. */
export interface Row {
  readonly label: string;
  readonly description: string;
  readonly icon: Icon;
  /** Capability words: what menus ask for. */
  readonly contextValue: string;
  /** What a screen reader says. */
  readonly spoken: string;
  /** Drawn paler (its host is away) or in a colour that warns. */
  readonly tone?: 'away' | 'trouble';
}

/** The parts that are there, as one description. */
export function joined(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' · ');
}

export const grey = 'disabledForeground';
export const green = 'charts.green';
export const yellow = 'charts.yellow';
export const orange = 'charts.orange';
export const red = 'charts.red';
