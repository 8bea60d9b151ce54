import assert from 'node:assert/strict';
import { EngineError } from '../../src/engine/errors';
import { checkName } from '../../src/engine/names';
import { itMeets } from './vectors';

describe('a name of a container', () => {
  itMeets<{ name?: string; nameRepeat?: { prefix: string; char: string; count: number }; ok: boolean }>(
    'container-names.json',
    'POST /containers/create?name=… on 20.10.24',
    ({ name, nameRepeat, ok }) => {
      const text = name ?? `${nameRepeat?.prefix}${nameRepeat?.char.repeat(nameRepeat.count)}`;
      if (ok) checkName(text);
      else assert.throws(() => checkName(text), EngineError, text);
    },
  );
});
