import * as vscode from 'vscode';
import type { Fleet } from '../fleet/fleet';
import type { Incidents, Tally } from '../fleet/incidents';
import { formatMoment } from './ages';

/** The fleet's health at a glance: the view's badge and, where it is wanted, a status-bar item. Counts what is known. */
export class Health implements vscode.Disposable {
  readonly #fleet: Fleet;
  readonly #incidents: Incidents;
  readonly #view: vscode.TreeView<unknown>;
  readonly #onEnd: () => void;
  readonly #off: () => void;
  #item: vscode.StatusBarItem | undefined;
  #due: NodeJS.Timeout | undefined;
  #ending: NodeJS.Timeout | undefined;

  /** `onEnd` is called when a death is no news any more. */
  constructor(fleet: Fleet, incidents: Incidents, view: vscode.TreeView<unknown>, onEnd: () => void) {
    this.#fleet = fleet;
    this.#incidents = incidents;
    this.#view = view;
    this.#onEnd = onEnd;
    this.#off = fleet.onDidChange(({ what }) => {
      if (what !== 'event') this.redraw();
    });
  }

  dispose(): void {
    clearTimeout(this.#due);
    clearTimeout(this.#ending);
    this.#off();
    this.#item?.dispose();
  }

  /** Counts anew; a burst of changes is counted once. */
  redraw(): void {
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      this.#draw();
      this.#awaitEnd();
    }, 200);
  }

  #awaitEnd(): void {
    clearTimeout(this.#ending);
    const end = this.#incidents.nextEnd;
    if (end === undefined) return;
    this.#ending = setTimeout(
      () => {
        this.#incidents.expire(Date.now());
        this.#onEnd();
        this.redraw();
      },
      end - Date.now() + 1,
    );
  }

  #draw(): void {
    const hosts = this.#fleet.shown;
    const tallies = hosts.map((host) => this.#incidents.tally(host));
    const sum = (what: keyof Tally) => tallies.reduce((before, tally) => before + tally[what], 0);
    const [all, running, troubled] = [sum('all'), sum('running'), sum('troubled')];
    const away = hosts.filter(({ state }) => state.kind === 'failed').length;
    const trouble = `${troubled} container${troubled === 1 ? '' : 's'} unhealthy or died lately`;
    // Nobody has looked for a while: what is known is as old as that.
    const seen = hosts.every(({ state }) => state.kind !== 'ready')
      ? Math.max(0, ...hosts.map(({ seenAt = 0 }) => seenAt))
      : 0;
    const age = seen > 0 ? ` (as seen ${formatMoment(seen)})` : '';
    this.#view.badge = troubled > 0 ? { value: troubled, tooltip: `${trouble}${age}` } : undefined;
    const wanted = vscode.workspace.getConfiguration('longshore').get('statusBar', true);
    const known = all > 0 || hosts.some(({ state }) => state.kind === 'ready' || state.kind === 'failed');
    if (!wanted || !known) {
      this.#item?.hide();
      return;
    }
    this.#item ??= this.#newItem();
    const warning = troubled > 0 || away > 0 ? ` $(warning) ${troubled + away}` : '';
    this.#item.text = `$(vm) ${running}/${all}${warning}`;
    const awayText = away > 0 ? `, ${away} host${away === 1 ? '' : 's'} away` : '';
    this.#item.tooltip = `Longshore: ${running} of ${all} containers run${troubled > 0 ? `, ${trouble}` : ''}${awayText}${age}`;
    this.#item.color = seen > 0 ? new vscode.ThemeColor('disabledForeground') : undefined;
    this.#item.accessibilityInformation = { label: String(this.#item.tooltip) };
    this.#item.show();
  }

  #newItem(): vscode.StatusBarItem {
    const item = vscode.window.createStatusBarItem('longshore.health', vscode.StatusBarAlignment.Left);
    item.name = 'Longshore';
    item.command = 'longshore.hosts.focus';
    return item;
  }
}
