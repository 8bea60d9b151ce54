// A stand-in for the desktop VS Code's executable: takes the arguments with which @vscode/test-electron starts it, runs
// the tests in the extension host of a VS Code server with a headless browser as its window, prints what they write,
// and ends with their exit code.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import { startChromium } from './chromium';
import { onInterruption } from './interruption';
import { testMark } from './mocha';
import { currentRun } from './owned';
import { startServer } from './vscodeServer';

async function main(args: readonly string[]): Promise<number> {
  const value = (name: string) =>
    args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? fail(`--${name}= is missing`);
  const settings = path.join(value('user-data-dir'), 'User/settings.json');
  const workspace = args.find((arg) => !arg.startsWith('-'));
  const server = await startServer({
    extensionDevelopmentPath: value('extensionDevelopmentPath'),
    extensionTestsPath: value('extensionTestsPath'),
    ...(existsSync(settings) && { userSettings: JSON.parse(readFileSync(settings, 'utf8')) as object }),
    ...(workspace !== undefined && { workspace }),
  });
  const browser = await startChromium();
  const page = browser.pages()[0] ?? (await browser.newPage());
  let hasBegun = false;
  const others: string[] = []; // the workbench's own lines: of interest only where something went wrong
  const ended = new Promise<number>((resolve) => {
    void page.exposeFunction('codeAutomationLog', (type: string, values: unknown[]) => {
      const line = format(...values);
      if (!line.startsWith(testMark)) return void others.push(`${type}: ${line}`);
      if (!hasBegun) others.length = 0;
      hasBegun = true;
      process.stdout.write(`${line.slice(testMark.length)}\n`);
    });
    void page.exposeFunction('codeAutomationExit', resolve);
    page.on('crash', () => resolve(1));
    page.on('close', () => resolve(1));
  });
  await page.goto(server.url);
  const code = await ended;
  if (code !== 0) process.stderr.write(`What VS Code wrote besides:\n${others.slice(-40).join('\n')}\n`);
  return code;
}

function fail(reason: string): never {
  throw new Error(reason);
}

onInterruption(() => currentRun().release());
main(process.argv.slice(2))
  .catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  })
  .then(async (code) => {
    await currentRun().release();
    process.exit(code);
  });
