import * as vscode from 'vscode';
import { inspectContainer } from './engine/containers';
import { inspectImage } from './engine/images';
import { inspectNetwork } from './engine/networks';
import { inspectVolume } from './engine/volumes';
import type { Fleet } from './fleet/fleet';
import type { ItemTarget } from './fleet/target';

const scheme = 'longshore';

/** Read-only documents with the engine's own JSON about an object, asked for anew at each opening. */
export class InspectDocuments implements vscode.TextDocumentContentProvider {
  readonly #fleet: Fleet;
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #texts = new Map<string, string>();
  readonly onDidChange = this.#changed.event;

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** Registers the provider of these documents. */
  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#texts.delete(uri.toString())),
      this.#changed,
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  /** Shows an object's JSON. Rejects as the engine does. */
  async show(target: ItemTarget, title: string, preview: boolean, signal: AbortSignal): Promise<void> {
    const { engine } = await this.#fleet.ready(target.host, signal);
    const inspect = {
      containers: inspectContainer,
      images: inspectImage,
      networks: inspectNetwork,
      volumes: inspectVolume,
    }[target.kind];
    const json = JSON.stringify(await inspect(engine, target.id, signal), undefined, 2);
    const uri = vscode.Uri.from({
      scheme,
      authority: 'inspect',
      path: `/${target.host}/${target.kind}/${title.replaceAll('/', '∕')}.json`,
      query: target.id,
    });
    this.#texts.set(uri.toString(), json);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, 'json');
    await vscode.window.showTextDocument(document, { preview });
  }
}
