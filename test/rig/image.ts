import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { engineDo } from './engineHttp';
import { execute } from './execute';
import { locate, need } from './install';
import { currentRun } from './owned';

/** What the made images' web page says, on port 8080. */
export const pageText = 'Longshore was here';

const command = ['httpd', '-f', '-p', '8080', '-h', '/www'];

/**
 * Gives an engine a small image (2 MB) made on the spot, from no registry: busybox, whose httpd serves one page on
 * 8080/tcp, with labels. `reference` is `demo/web:1.0` where nothing is said.
 */
export async function makeImage(engineAddress: string, reference = 'demo/web:1.0'): Promise<void> {
  const changes = [
    `CMD ${JSON.stringify(command)}`,
    'EXPOSE 8080/tcp',
    'ENV PATH=/bin',
    'LABEL org.opencontainers.image.title=Demo',
  ];
  const { repository, tag } = splitReference(reference);
  const query = new URLSearchParams({ fromSrc: '-', repo: repository, tag });
  for (const change of changes) query.append('changes', change);
  await withRootFiles(async (folder) => {
    const file = await archive(folder);
    await engineDo(engineAddress, 'POST', `/images/create?${query}`, { file });
  });
}

/**
 * Gives an engine an image of several layers, of about `megabytes` each, that don't compress: a pull of it takes long
 * enough to be watched. It serves the same page.
 */
export async function makeLayeredImage(
  engineAddress: string,
  reference: string,
  layers = 3,
  megabytes = 4,
): Promise<void> {
  await withRootFiles(async (root) => {
    const folder = mkdtempSync(path.join(currentRun().folder, 'build-'));
    await execute('tar', ['-cf', path.join(folder, 'root.tar'), '-C', root, '.']);
    const names = Array.from({ length: layers }, (_, index) => `layer${index + 1}`);
    for (const name of names) writeFileSync(path.join(folder, name), randomBytes(megabytes * 1024 * 1024));
    writeFileSync(
      path.join(folder, 'Dockerfile'),
      [
        'FROM scratch',
        'ADD root.tar /',
        ...names.map((name) => `COPY ${name} /`),
        'ENV PATH=/bin',
        'EXPOSE 8080/tcp',
        `CMD ${JSON.stringify(command)}`,
      ].join('\n'),
    );
    const file = await archive(folder);
    await engineDo(engineAddress, 'POST', `/build?${new URLSearchParams({ t: reference, rm: '1' })}`, {
      file,
      seconds: 120,
    });
    rmSync(folder, { recursive: true });
    rmSync(file);
  });
}

/** Repository and tag of a reference that has a tag: the colon of a registry's port is none. */
export function splitReference(reference: string): { repository: string; tag: string } {
  const colon = reference.lastIndexOf(':');
  if (colon < reference.lastIndexOf('/') || colon < 0) return { repository: reference, tag: 'latest' };
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) };
}

async function withRootFiles(use: (folder: string) => Promise<void>): Promise<void> {
  await need('busybox');
  const folder = mkdtempSync(path.join(currentRun().folder, 'image-'));
  chmodSync(folder, 0o755); // becomes the image's /
  for (const name of ['bin', 'etc', 'root', 'tmp', 'www']) mkdirSync(path.join(folder, name));
  copyFileSync(locate('busybox') ?? '', path.join(folder, 'bin/busybox'));
  const programs = (await execute(path.join(folder, 'bin/busybox'), ['--list']))
    .split('\n')
    .filter((name) => name !== 'busybox');
  for (const name of programs.filter(Boolean)) symlinkSync('busybox', path.join(folder, 'bin', name));
  writeFileSync(path.join(folder, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
  writeFileSync(path.join(folder, 'www/index.html'), `<!doctype html><title>Demo</title><h1>${pageText}</h1>\n`);
  await use(folder);
  rmSync(folder, { recursive: true });
  rmSync(`${folder}.tar`, { force: true });
}

async function archive(folder: string): Promise<string> {
  const file = `${folder}.tar`;
  await execute('tar', ['--numeric-owner', '--owner=0', '--group=0', '-cf', file, '-C', folder, '.']);
  return file;
}
