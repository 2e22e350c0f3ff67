import { freshPGlite } from '../../../test/support/databases.ts';
import { testPipelines } from './pipelines.contract.ts';

testPipelines('PGlite', freshPGlite);
