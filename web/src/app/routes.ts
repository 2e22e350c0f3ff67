import { accountRoute, accountSectionRoute } from '../features/account/route.ts';
import { audioRoute, trackRoute } from '../features/audio/route.ts';
import { batchesRoute, batchRoute } from '../features/batches/route.ts';
import { cutoutRoute } from '../features/cutout/route.ts';
import { jobsRoute } from '../features/jobs/route.ts';
import { maskEditorRoute } from '../features/mask-editor/route.ts';
import { serverRoute, serverSectionRoute } from '../features/server/route.ts';
import {
  forgotPasswordRoute,
  joinRoute,
  resetPasswordRoute,
  setupRoute,
  signInRoute,
} from '../features/sign-in/route.ts';
import { thumbnailEditorRoute } from '../features/thumbnail-editor/route.ts';
import { webhooksRoute } from '../features/webhooks/route.ts';
import { workspaceRoute, workspaceSectionRoute } from '../features/workspace/route.ts';
import { rootRoute } from './root-route.tsx';

/**
 * All pages of the studio. A feature is a folder with a route; it shows in the navigation when its route says so in
 * `staticData`. A page's first segment must also be known to the server: src/api/studio.ts.
 */
export const routeTree = rootRoute.addChildren([
  cutoutRoute,
  maskEditorRoute,
  thumbnailEditorRoute,
  audioRoute,
  trackRoute,
  batchesRoute,
  batchRoute,
  jobsRoute,
  webhooksRoute,
  signInRoute,
  forgotPasswordRoute,
  resetPasswordRoute,
  setupRoute,
  joinRoute,
  accountRoute,
  accountSectionRoute,
  workspaceRoute,
  workspaceSectionRoute,
  serverRoute,
  serverSectionRoute,
]);
