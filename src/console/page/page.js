/** What is new comes into the page by itself; without this script pages are read, and forms sent, all the same. */
import { follow } from './live.js';

const address = document.body.dataset['stream'];
if (address !== undefined) follow(address);
