// Runs in VS Code's extension host (extensionTestsPath): Mocha with the bundles listed in suite.json.
const { readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

exports.run = function run() {
  const suite = JSON.parse(readFileSync(path.join(__dirname, 'suite.json'), 'utf8'));
  const Mocha = require(suite.mocha);
  const { EVENT_TEST_PASS, EVENT_TEST_FAIL, EVENT_TEST_PENDING } = Mocha.Runner.constants;
  const results = [];
  const note = (test, state, error) => {
    results.push({
      suite: test.parent?.fullTitle() ?? '',
      title: test.title,
      state,
      ms: test.duration ?? 0,
      error,
    });
    // After every test, so that results are available even if the host crashes.
    writeFileSync(suite.results, JSON.stringify(results));
  };
  class Reporter {
    constructor(runner) {
      runner.on(EVENT_TEST_PASS, (test) => note(test, 'passed'));
      runner.on(EVENT_TEST_PENDING, (test) => note(test, 'skipped'));
      runner.on(EVENT_TEST_FAIL, (test, error) => note(test, 'failed', String(error?.stack ?? error)));
    }
  }
  const mocha = new Mocha({ ui: 'bdd', timeout: 20_000, reporter: Reporter });
  for (const file of suite.files) mocha.addFile(file);
  return new Promise((resolve, reject) => {
    mocha.run((failures) => {
      // Also written without any tests, so that the launcher knows that Mocha finished.
      writeFileSync(suite.results, JSON.stringify(results));
      if (failures) reject(new Error(`${failures} tests failed`));
      else resolve();
    });
  });
};
