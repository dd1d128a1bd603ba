/** What an aggregate query may name, after the API description; most of it is not imitated. */
function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/));
}

export const COPILOT_DIMENSIONS = words(`
  agentAssistantId cannedResponseId cannedResponseLibraryId chunkCount conversationId engagementType
  externalContactId feedbackRating hasAnswerHighlight hasGeneratedAnswer knowledgeBaseDocumentId
  knowledgeBaseDocumentVersionId knowledgeSettingId mediaType messageId queueId scriptId scriptPageId searchId
  state suggestionId suggestionType triggerType userId utteranceId
`);

export const COPILOT_METRICS = words(`
  nCannedResponseSuggestions nDistinctConversations nDistinctSuggestions nKnowledgeAnswerSuggestions
  nKnowledgeArticleSuggestions nKnowledgeSearchSuggestions nScriptSuggestions
`);

export const CONVERSATION_DIMENSIONS = words(`
  activeRouting activeSkillId addressFrom addressTo agentAssistantId agentBullseyeRing agentOwned agentRank
  agentScore ani assignerId authenticated conversationId conversationInitiator convertedFrom convertedTo
  customerParticipation deliveryStatus destinationAddress direction disconnectType divisionId dnis edgeId
  eligibleAgentCount errorCode extendedDeliveryStatus externalContactId externalMediaCount externalOrganizationId
  externalTag firstQueue flaggedReason flowInType flowOutType groupId interactionType journeyActionId
  journeyActionMapId journeyActionMapVersion journeyCustomerId journeyCustomerIdType journeyCustomerSessionId
  journeyCustomerSessionIdType knowledgeBaseId mediaCount mediaType messageType originatingDirection
  originatingSocialMediaPublic outboundCampaignId outboundContactId outboundContactListId participantName peerId
  proposedAgentId provider purpose queueId remote removedSkillId requestedLanguageId requestedRouting
  requestedRoutingSkillId roomId routingPriority routingRing routingRule routingRuleType scoredAgentId
  selectedAgentId selectedAgentRank selfServed sessionDnis sessionId skillExpressionId stationId teamId
  usedRouting userId videoPresent waitingInteractionCount wrapUpCode
`);

export const CONVERSATION_METRICS = words(`
  nBlindTransferred nBotInteractions nCallbackAttempts nCallbackOverSla nCallbackScheduled nCfcOffered
  nCobrowseSessions nConnected nConsult nConsultTransferred nConversations nError nOffered nOutbound
  nOutboundAbandoned nOutboundAttempted nOutboundConnected nOverSla nStateTransitionError nTakeover nTransferred
  oAudioMessageCount oCallbackServiceLevel oExternalAudioMessageCount oExternalMediaCount oMediaCount
  oMessageCount oMessageSegmentCount oMessageTurn oServiceLevel oServiceTarget oSkillExpressionApplications
  tAbandon tAcd tActiveCallback tActiveCallbackComplete tAcw tAgentResponseTime tAgentVideoConnected tAlert
  tAnswered tAverageAgentResponseTime tAverageCustomerResponseTime tBarging tCallbackAbandon tCallbackConnect
  tCallbackNotReached tCallbackVirtualWait tCfcAbandon tCfcAcd tCfcAnswered tCfcFlowOut tCoaching
  tCoachingComplete tConnected tContacting tDialing tFirstConnect tFirstDial tFirstEngagement tFirstResponse
  tFlowOut tHandle tHeld tHeldComplete tIvr tMonitoring tMonitoringComplete tNotResponding tPark tParkComplete
  tScreenMonitoring tShortAbandon tSnippetRecord tTalk tTalkComplete tTransmitting tUserResponseTime tVoicemail
  tWait
`);
