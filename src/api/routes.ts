import { rembg } from './compat/rembg.ts';
import { removebg } from './compat/removebg.ts';
import type { Route } from './deps.ts';
import { changeApiKey } from './routes/api-keys/change-api-key.ts';
import { createApiKey } from './routes/api-keys/create-api-key.ts';
import { listApiKeys } from './routes/api-keys/list-api-keys.ts';
import { completeUpload } from './routes/assets/complete-upload.ts';
import { createAsset } from './routes/assets/create-asset.ts';
import { deleteAsset } from './routes/assets/delete-asset.ts';
import { getAsset } from './routes/assets/get-asset.ts';
import { getAssetContent } from './routes/assets/get-asset-content.ts';
import { importAsset } from './routes/assets/import-asset.ts';
import { listAssets } from './routes/assets/list-assets.ts';
import { presignUpload } from './routes/assets/presign-upload.ts';
import { audioAnalysis } from './routes/audio/analysis.ts';
import { exportAudit } from './routes/audit/export-audit.ts';
import { listAudit } from './routes/audit/list-audit.ts';
import { verifyAudit } from './routes/audit/verify-audit.ts';
import { getMe } from './routes/auth/get-me.ts';
import { managePasskeys, signInByPasskey } from './routes/auth/passkeys.ts';
import { changePassword, resetPassword } from './routes/auth/passwords.ts';
import { confirmEmail, updateProfile } from './routes/auth/profile.ts';
import { chooseTenant, ownSessions } from './routes/auth/sessions.ts';
import { setUp } from './routes/auth/set-up.ts';
import { signInByPassword, signOut } from './routes/auth/sign-in.ts';
import { signInElsewhere } from './routes/auth/sign-in-elsewhere.ts';
import { signUp } from './routes/auth/sign-up.ts';
import { manageTwoFactor, verifyTwoFactor } from './routes/auth/two-factor.ts';
import { cancelBatch } from './routes/batches/cancel-batch.ts';
import { createBatch } from './routes/batches/create-batch.ts';
import { deleteBatch } from './routes/batches/delete-batch.ts';
import { getBatch } from './routes/batches/get-batch.ts';
import { getBatchArchive } from './routes/batches/get-batch-archive.ts';
import { listBatchItems } from './routes/batches/list-batch-items.ts';
import { listBatches } from './routes/batches/list-batches.ts';
import { retryBatch } from './routes/batches/retry-batch.ts';
import { getEvents } from './routes/events/get-events.ts';
import { createSignedUrl } from './routes/images/create-signed-url.ts';
import { cutout } from './routes/images/cutout.ts';
import { getSignedImage } from './routes/images/get-signed-image.ts';
import { thumbnail } from './routes/images/thumbnail.ts';
import { createInvitation } from './routes/invitations/create-invitation.ts';
import { listInvitations } from './routes/invitations/list-invitations.ts';
import { openInvitation } from './routes/invitations/open-invitation.ts';
import { revokeInvitation } from './routes/invitations/revoke-invitation.ts';
import { cancelJob } from './routes/jobs/cancel-job.ts';
import { createJob } from './routes/jobs/create-job.ts';
import { createOutputLink } from './routes/jobs/create-output-link.ts';
import { deleteJob } from './routes/jobs/delete-job.ts';
import { getJob } from './routes/jobs/get-job.ts';
import { getJobOutput } from './routes/jobs/get-job-output.ts';
import { getLinkedOutput } from './routes/jobs/get-linked-output.ts';
import { listJobs } from './routes/jobs/list-jobs.ts';
import { retryJob } from './routes/jobs/retry-job.ts';
import { changeMember } from './routes/members/change-member.ts';
import { listMembers } from './routes/members/list-members.ts';
import { removeMember } from './routes/members/remove-member.ts';
import { listModels } from './routes/models/list-models.ts';
import { getHealth } from './routes/operations/get-health.ts';
import { getLimits } from './routes/operations/get-limits.ts';
import { getLivez } from './routes/operations/get-livez.ts';
import { getMetrics } from './routes/operations/get-metrics.ts';
import { getReadyz } from './routes/operations/get-readyz.ts';
import { listQueues } from './routes/operations/list-queues.ts';
import { setLimits } from './routes/operations/set-limits.ts';
import { cancelPipeline } from './routes/pipelines/cancel-pipeline.ts';
import { createPipeline } from './routes/pipelines/create-pipeline.ts';
import { deletePipeline } from './routes/pipelines/delete-pipeline.ts';
import { getPipeline } from './routes/pipelines/get-pipeline.ts';
import { listPipelines } from './routes/pipelines/list-pipelines.ts';
import { retryPipeline } from './routes/pipelines/retry-pipeline.ts';
import { assignPlan } from './routes/plans/assign-plan.ts';
import { createPlan } from './routes/plans/create-plan.ts';
import { deletePlan } from './routes/plans/delete-plan.ts';
import { listPlans } from './routes/plans/list-plans.ts';
import { updatePlan } from './routes/plans/update-plan.ts';
import { listPresets } from './routes/presets/list-presets.ts';
import { callErasureOff, createErasure } from './routes/privacy/erasures.ts';
import { createExport, getExport } from './routes/privacy/exports.ts';
import { getExportArchive } from './routes/privacy/get-export-archive.ts';
import { getPrivacy } from './routes/privacy/get-privacy.ts';
import { putConsent } from './routes/privacy/put-consent.ts';
import { getProblem } from './routes/problems/get-problem.ts';
import { listProcessors } from './routes/processors/list-processors.ts';
import { createRole } from './routes/roles/create-role.ts';
import { listRoles } from './routes/roles/list-roles.ts';
import { removeRole } from './routes/roles/remove-role.ts';
import { replaceRole } from './routes/roles/replace-role.ts';
import { createSchedule } from './routes/schedules/create-schedule.ts';
import { deleteSchedule } from './routes/schedules/delete-schedule.ts';
import { getSchedule } from './routes/schedules/get-schedule.ts';
import { listSchedules } from './routes/schedules/list-schedules.ts';
import { runSchedule } from './routes/schedules/run-schedule.ts';
import { updateSchedule } from './routes/schedules/update-schedule.ts';
import { createShare } from './routes/shares/create-share.ts';
import { listShares } from './routes/shares/list-shares.ts';
import { openShare } from './routes/shares/open-share.ts';
import { revokeShare } from './routes/shares/revoke-share.ts';
import { createTemplate } from './routes/templates/create-template.ts';
import { deleteTemplate } from './routes/templates/delete-template.ts';
import { fillTemplate } from './routes/templates/fill-template.ts';
import { getTemplate } from './routes/templates/get-template.ts';
import { getTemplateSchema } from './routes/templates/get-template-schema.ts';
import { listTemplateVersions } from './routes/templates/list-template-versions.ts';
import { listTemplates } from './routes/templates/list-templates.ts';
import { updateTemplate } from './routes/templates/update-template.ts';
import { currentTenant } from './routes/tenants/current-tenant.ts';
import { manageTenants } from './routes/tenants/manage-tenants.ts';
import { createUpload } from './routes/uploads/create-upload.ts';
import { getUploadEndpoint } from './routes/uploads/get-upload-endpoint.ts';
import { resumeUpload } from './routes/uploads/resume-upload.ts';
import { uploadOptions } from './routes/uploads/upload-options.ts';
import { getUsage } from './routes/usage/get-usage.ts';
import { changeUser } from './routes/users/change-user.ts';
import { listUsers } from './routes/users/list-users.ts';
import { createWebhook } from './routes/webhooks/create-webhook.ts';
import { deleteWebhook } from './routes/webhooks/delete-webhook.ts';
import { getWebhook } from './routes/webhooks/get-webhook.ts';
import { getDelivery, listDeliveries } from './routes/webhooks/list-deliveries.ts';
import { listWebhooks } from './routes/webhooks/list-webhooks.ts';
import { replayDelivery, replayWebhook, testWebhook } from './routes/webhooks/send-webhooks.ts';
import { updateWebhook } from './routes/webhooks/update-webhook.ts';
import { signingSecret, webhookSecret } from './routes/webhooks/webhook-secret.ts';

/** Bodies are small strict JSON, or there is none. */
export const routes: readonly Route[] = [
  getLivez,
  getReadyz,
  getHealth,
  getMetrics,
  listQueues,
  getLimits,
  setLimits,
  getMe,
  setUp,
  signInByPassword,
  signOut,
  signInElsewhere,
  signUp,
  resetPassword,
  confirmEmail,
  verifyTwoFactor,
  signInByPasskey,
  chooseTenant,
  ownSessions,
  changePassword,
  updateProfile,
  manageTwoFactor,
  managePasskeys,
  listUsers,
  changeUser,
  listProcessors,
  listPresets,
  listModels,
  listAssets,
  getAsset,
  getAssetContent,
  deleteAsset,
  presignUpload,
  completeUpload,
  importAsset,
  createJob,
  listJobs,
  getJob,
  getJobOutput,
  createOutputLink,
  getLinkedOutput,
  cancelJob,
  retryJob,
  deleteJob,
  createBatch,
  listBatches,
  getBatch,
  listBatchItems,
  getBatchArchive,
  retryBatch,
  cancelBatch,
  deleteBatch,
  createPipeline,
  listPipelines,
  getPipeline,
  retryPipeline,
  cancelPipeline,
  deletePipeline,
  listTemplates,
  getTemplateSchema,
  createTemplate,
  getTemplate,
  updateTemplate,
  deleteTemplate,
  listTemplateVersions,
  fillTemplate,
  createSchedule,
  listSchedules,
  getSchedule,
  updateSchedule,
  deleteSchedule,
  runSchedule,
  createShare,
  listShares,
  revokeShare,
  openShare,
  createWebhook,
  listWebhooks,
  getWebhook,
  updateWebhook,
  deleteWebhook,
  webhookSecret,
  signingSecret,
  testWebhook,
  replayWebhook,
  listDeliveries,
  getDelivery,
  replayDelivery,
  getPrivacy,
  putConsent,
  createExport,
  getExport,
  getExportArchive,
  createErasure,
  callErasureOff,
  listAudit,
  exportAudit,
  verifyAudit,
  listPlans,
  createPlan,
  updatePlan,
  deletePlan,
  assignPlan,
  getUsage,
  listMembers,
  changeMember,
  removeMember,
  listInvitations,
  createInvitation,
  revokeInvitation,
  openInvitation,
  listRoles,
  createRole,
  replaceRole,
  removeRole,
  listApiKeys,
  createApiKey,
  changeApiKey,
  currentTenant,
  manageTenants,
  getUploadEndpoint,
  getEvents,
  createSignedUrl,
  getSignedImage,
  getProblem,
];

/** Bodies are streams. */
export const uploadRoutes: readonly Route[] = [
  createAsset,
  cutout,
  thumbnail,
  audioAnalysis,
  removebg,
  rembg,
  createUpload,
  resumeUpload,
  uploadOptions,
];
