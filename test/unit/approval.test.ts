import assert from 'node:assert/strict';
import { asAction, askToChange, nameAction } from '../../src/commands/approval';
import type { Ui } from '../../src/commands/ui';

describe('a host that asks before changes', () => {
  let asked: string[];
  let answer: string | undefined;
  const ask = askToChange({
    confirm: async (message: string) => {
      asked.push(message);
      return answer;
    },
  } as unknown as Ui);
  const stop = { method: 'POST', path: ['containers', 'c', 'stop'] } as const;

  beforeEach(() => {
    asked = [];
    answer = 'Go Ahead';
  });

  it('asks once for each thing that a command does there, by its name', async () => {
    await asAction(async () => {
      nameAction('stop container a, container b');
      assert.deepEqual(await Promise.all([ask('one', stop), ask('one', stop), ask('two', stop)]), [true, true, true]);
      nameAction('remove image c');
      assert.equal(await ask('one', stop), true);
    });
    assert.deepEqual(asked, [
      'On one: stop container a, container b?',
      'On two: stop container a, container b?',
      'On one: remove image c?',
    ]);
  });

  it('asks anew for another command, and says what a nameless one sends', async () => {
    for (let i = 0; i < 2; i++) await asAction(() => ask('one', stop));
    await ask('one', stop);
    assert.deepEqual(asked, Array(3).fill('On one: POST /containers/c/stop?'));
  });

  it('is left alone where the person declines', async () => {
    answer = undefined;
    assert.equal(await asAction(() => ask('one', stop)), false);
  });
});
