import { render } from 'lit';
import { poster } from '../protocol';
import { contentRoot, startPage } from '../shared/pageFrame';
import { contract, toHost } from './api';
import { waitingView } from './view';
import './waiting.css';

const root = contentRoot();
const api = acquireVsCodeApi();
const post = poster(toHost, (message) => api.postMessage(message));
const actions = { act: () => post('act', {}), close: () => post('close', {}) };

startPage(api, contract, { state: (state) => render(waitingView(state, actions), root) });
