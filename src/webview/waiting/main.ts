import { render } from 'lit';
import { poster } from '../protocol';
import { startPage } from '../shared/pageFrame';
import { contract, toHost } from './api';
import { waitingView } from './view';
import './waiting.css';

startPage(contract, ({ api, root }) => {
  const post = poster(toHost, (message) => api.postMessage(message));
  const actions = { act: () => post('act', {}), close: () => post('close', {}) };
  return { state: (state) => render(waitingView(state, actions), root) };
});
