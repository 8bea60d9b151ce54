import path from 'node:path';

/** The project's root folder, absolute. */
export const projectRoot = path.resolve(__dirname, '../..');

/** Where downloaded parts are kept between runs; git ignores it. */
export const cacheFolder = path.join(projectRoot, '.vscode-test');
