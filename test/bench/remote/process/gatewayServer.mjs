// The gateway as it is built, with the models of a folder.
import { buildGateway } from '../../../../apps/gateway/dist/index.js';
import { answerParent } from './answerParent.mjs';

const app = await buildGateway({ models: process.argv[2] });
answerParent(await app.listen({ host: '127.0.0.1', port: 0 }));
