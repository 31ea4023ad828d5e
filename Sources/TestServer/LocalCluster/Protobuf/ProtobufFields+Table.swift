// swift-format-ignore-file
// Field numbers, names and types of the Kubernetes API's messages, as its published generated.proto files define them, and
// how its JSON writes them. One message a line: a field is its number, its JSON name and its type, see ``ProtobufFields``.

extension ProtobufFields {
    /// apiVersion, kind, message.
    static let kindTable = """
v1 Namespace core.Namespace
v1 ConfigMap core.ConfigMap
v1 Secret core.Secret
v1 ServiceAccount core.ServiceAccount
v1 Service core.Service
v1 Pod core.Pod
v1 ResourceQuota core.ResourceQuota
v1 LimitRange core.LimitRange
v1 Event core.Event
v1 Node core.Node
v1 Endpoints core.Endpoints
v1 PersistentVolumeClaim core.PersistentVolumeClaim
v1 Binding core.Binding
v1 ReplicationController core.ReplicationController
v1 PodTemplateDefaults core.PodTemplateDefaults
apps/v1 Deployment apps.Deployment
apps/v1 ReplicaSet apps.ReplicaSet
apps/v1 StatefulSet apps.StatefulSet
apps/v1 DaemonSet apps.DaemonSet
apps/v1 ControllerRevision apps.ControllerRevision
batch/v1 Job batch.Job
batch/v1 CronJob batch.CronJob
rbac.authorization.k8s.io/v1 Role rbac.Role
rbac.authorization.k8s.io/v1 RoleBinding rbac.RoleBinding
rbac.authorization.k8s.io/v1 ClusterRole rbac.ClusterRole
rbac.authorization.k8s.io/v1 ClusterRoleBinding rbac.ClusterRoleBinding
authentication.k8s.io/v1 TokenRequest authn.TokenRequest
authentication.k8s.io/v1 TokenReview authn.TokenReview
authentication.k8s.io/v1 SelfSubjectReview authn.SelfSubjectReview
authorization.k8s.io/v1 SelfSubjectAccessReview authz.SelfSubjectAccessReview
authorization.k8s.io/v1 SubjectAccessReview authz.SubjectAccessReview
authorization.k8s.io/v1 LocalSubjectAccessReview authz.LocalSubjectAccessReview
authorization.k8s.io/v1 SelfSubjectRulesReview authz.SelfSubjectRulesReview
autoscaling/v1 HorizontalPodAutoscaler autoscaling.HorizontalPodAutoscaler
autoscaling/v1 Scale autoscaling.Scale
autoscaling/v2 HorizontalPodAutoscaler autoscaling2.HorizontalPodAutoscaler
policy/v1 PodDisruptionBudget policy.PodDisruptionBudget
policy/v1 Eviction policy.Eviction
networking.k8s.io/v1 Ingress net.Ingress
networking.k8s.io/v1 IngressClass net.IngressClass
networking.k8s.io/v1 NetworkPolicy net.NetworkPolicy
scheduling.k8s.io/v1 PriorityClass sched.PriorityClass
coordination.k8s.io/v1 Lease coord.Lease
events.k8s.io/v1 Event events.Event
discovery.k8s.io/v1 EndpointSlice discovery.EndpointSlice
meta.k8s.io/v1 DeleteOptions meta.DeleteOptions
"""

    static let messageTable = """
apps.ControllerRevision 1metadata:meta.ObjectMeta 2data:R 3revision:i!
apps.DaemonSet 1metadata:meta.ObjectMeta 2spec:apps.DaemonSetSpec 3status:apps.DaemonSetStatus
apps.DaemonSetCondition 1type:s! 2status:s! 3lastTransitionTime:T 4reason:s 5message:s
apps.DaemonSetSpec 1selector:meta.LabelSelector! 2template:core.PodTemplateSpec! 3updateStrategy:apps.DaemonSetUpdateStrategy 4minReadySeconds:i 6revisionHistoryLimit:i!
apps.DaemonSetStatus 1currentNumberScheduled:i! 2numberMisscheduled:i! 3desiredNumberScheduled:i! 4numberReady:i! 5observedGeneration:i 6updatedNumberScheduled:i 7numberAvailable:i 8numberUnavailable:i 9collisionCount:i! 10conditions:*apps.DaemonSetCondition
apps.DaemonSetUpdateStrategy 1type:s 2rollingUpdate:apps.RollingUpdateDaemonSet!
apps.Deployment 1metadata:meta.ObjectMeta 2spec:apps.DeploymentSpec 3status:apps.DeploymentStatus
apps.DeploymentCondition 1type:s! 2status:s! 4reason:s 5message:s 6lastUpdateTime:T 7lastTransitionTime:T
apps.DeploymentSpec 1replicas:i! 2selector:meta.LabelSelector! 3template:core.PodTemplateSpec! 4strategy:apps.DeploymentStrategy 5minReadySeconds:i 6revisionHistoryLimit:i! 7paused:t 9progressDeadlineSeconds:i!
apps.DeploymentStatus 1observedGeneration:i 2replicas:i 3updatedReplicas:i 4availableReplicas:i 5unavailableReplicas:i 6conditions:*apps.DeploymentCondition 7readyReplicas:i 8collisionCount:i! 9terminatingReplicas:i!
apps.DeploymentStrategy 1type:s 2rollingUpdate:apps.RollingUpdateDeployment!
apps.ReplicaSet 1metadata:meta.ObjectMeta 2spec:apps.ReplicaSetSpec 3status:apps.ReplicaSetStatus
apps.ReplicaSetCondition 1type:s! 2status:s! 3lastTransitionTime:T 4reason:s 5message:s
apps.ReplicaSetSpec 1replicas:i! 2selector:meta.LabelSelector! 3template:core.PodTemplateSpec 4minReadySeconds:i
apps.ReplicaSetStatus 1replicas:i! 2fullyLabeledReplicas:i 3observedGeneration:i 4readyReplicas:i 5availableReplicas:i 6conditions:*apps.ReplicaSetCondition 7terminatingReplicas:i!
apps.RollingUpdateDaemonSet 1maxUnavailable:I 2maxSurge:I
apps.RollingUpdateDeployment 1maxUnavailable:I 2maxSurge:I
apps.RollingUpdateStatefulSetStrategy 1partition:i! 2maxUnavailable:I
apps.StatefulSet 1metadata:meta.ObjectMeta 2spec:apps.StatefulSetSpec 3status:apps.StatefulSetStatus
apps.StatefulSetCondition 1type:s! 2status:s! 3lastTransitionTime:T 4reason:s 5message:s
apps.StatefulSetOrdinals 1start:i!
apps.StatefulSetPersistentVolumeClaimRetentionPolicy 1whenDeleted:s 2whenScaled:s
apps.StatefulSetSpec 1replicas:i! 2selector:meta.LabelSelector! 3template:core.PodTemplateSpec! 4volumeClaimTemplates:*core.PersistentVolumeClaim 5serviceName:s! 6podManagementPolicy:s 7updateStrategy:apps.StatefulSetUpdateStrategy 8revisionHistoryLimit:i! 9minReadySeconds:i 10persistentVolumeClaimRetentionPolicy:apps.StatefulSetPersistentVolumeClaimRetentionPolicy! 11ordinals:apps.StatefulSetOrdinals!
apps.StatefulSetStatus 1observedGeneration:i 2replicas:i! 3readyReplicas:i 4currentReplicas:i 5updatedReplicas:i 6currentRevision:s 7updateRevision:s 9collisionCount:i! 10conditions:*apps.StatefulSetCondition 11availableReplicas:i!
apps.StatefulSetUpdateStrategy 1type:s 2rollingUpdate:apps.RollingUpdateStatefulSetStrategy!
authn.BoundObjectReference 1kind:s 2apiVersion:s 3name:s 4uid:s
authn.SelfSubjectReview 1metadata:meta.ObjectMeta 2status:authn.SelfSubjectReviewStatus
authn.SelfSubjectReviewStatus 1userInfo:authn.UserInfo
authn.TokenRequest 1metadata:meta.ObjectMeta 2spec:authn.TokenRequestSpec! 3status:authn.TokenRequestStatus
authn.TokenRequestSpec 1audiences:*s 3boundObjectRef:authn.BoundObjectReference! 4expirationSeconds:i!
authn.TokenRequestStatus 1token:s! 2expirationTimestamp:T
authn.TokenReview 1metadata:meta.ObjectMeta 2spec:authn.TokenReviewSpec! 3status:authn.TokenReviewStatus
authn.TokenReviewSpec 1token:s 2audiences:*s
authn.TokenReviewStatus 1authenticated:t 2user:authn.UserInfo 3error:s 4audiences:*s
authn.UserInfo 1username:s 2uid:s 3groups:*s 4extra:%E
authz.FieldSelectorAttributes 1rawSelector:s 2requirements:*meta.FieldSelectorRequirement
authz.LabelSelectorAttributes 1rawSelector:s 2requirements:*meta.LabelSelectorRequirement
authz.LocalSubjectAccessReview 1metadata:meta.ObjectMeta 2spec:authz.SubjectAccessReviewSpec! 3status:authz.SubjectAccessReviewStatus
authz.NonResourceAttributes 1path:s 2verb:s
authz.NonResourceRule 1verbs:*s 2nonResourceURLs:*s
authz.ResourceAttributes 1namespace:s 2verb:s 3group:s 4version:s 5resource:s 6subresource:s 7name:s 8fieldSelector:authz.FieldSelectorAttributes! 9labelSelector:authz.LabelSelectorAttributes!
authz.ResourceRule 1verbs:*s 2apiGroups:*s 3resources:*s 4resourceNames:*s
authz.SelfSubjectAccessReview 1metadata:meta.ObjectMeta 2spec:authz.SelfSubjectAccessReviewSpec! 3status:authz.SubjectAccessReviewStatus
authz.SelfSubjectAccessReviewSpec 1resourceAttributes:authz.ResourceAttributes! 2nonResourceAttributes:authz.NonResourceAttributes!
authz.SelfSubjectRulesReview 1metadata:meta.ObjectMeta 2spec:authz.SelfSubjectRulesReviewSpec! 3status:authz.SubjectRulesReviewStatus
authz.SelfSubjectRulesReviewSpec 1namespace:s
authz.SubjectAccessReview 1metadata:meta.ObjectMeta 2spec:authz.SubjectAccessReviewSpec! 3status:authz.SubjectAccessReviewStatus
authz.SubjectAccessReviewSpec 1resourceAttributes:authz.ResourceAttributes! 2nonResourceAttributes:authz.NonResourceAttributes! 3user:s 4groups:*s 5extra:%E 6uid:s
authz.SubjectAccessReviewStatus 1allowed:t! 2reason:s 3evaluationError:s 4denied:t
authz.SubjectRulesReviewStatus 1resourceRules:*authz.ResourceRule 2nonResourceRules:*authz.NonResourceRule 3incomplete:t! 4evaluationError:s
autoscaling.CrossVersionObjectReference 1kind:s! 2name:s! 3apiVersion:s
autoscaling.HorizontalPodAutoscaler 1metadata:meta.ObjectMeta 2spec:autoscaling.HorizontalPodAutoscalerSpec 3status:autoscaling.HorizontalPodAutoscalerStatus
autoscaling.HorizontalPodAutoscalerSpec 1scaleTargetRef:autoscaling.CrossVersionObjectReference! 2minReplicas:i! 3maxReplicas:i! 4targetCPUUtilizationPercentage:i!
autoscaling.HorizontalPodAutoscalerStatus 1observedGeneration:i! 2lastScaleTime:T 3currentReplicas:i! 4desiredReplicas:i! 5currentCPUUtilizationPercentage:i!
autoscaling.Scale 1metadata:meta.ObjectMeta 2spec:autoscaling.ScaleSpec 3status:autoscaling.ScaleStatus
autoscaling.ScaleSpec 1replicas:i
autoscaling.ScaleStatus 1replicas:i! 2selector:s
autoscaling2.ContainerResourceMetricSource 1name:s! 2target:autoscaling2.MetricTarget! 3container:s!
autoscaling2.ContainerResourceMetricStatus 1name:s! 2current:autoscaling2.MetricValueStatus! 3container:s!
autoscaling2.CrossVersionObjectReference 1kind:s! 2name:s! 3apiVersion:s
autoscaling2.ExternalMetricSource 1metric:autoscaling2.MetricIdentifier! 2target:autoscaling2.MetricTarget!
autoscaling2.ExternalMetricStatus 1metric:autoscaling2.MetricIdentifier! 2current:autoscaling2.MetricValueStatus!
autoscaling2.HPAScalingPolicy 1type:s! 2value:i! 3periodSeconds:i!
autoscaling2.HPAScalingRules 1selectPolicy:s! 2policies:*autoscaling2.HPAScalingPolicy 3stabilizationWindowSeconds:i! 4tolerance:Q
autoscaling2.HorizontalPodAutoscaler 1metadata:meta.ObjectMeta 2spec:autoscaling2.HorizontalPodAutoscalerSpec 3status:autoscaling2.HorizontalPodAutoscalerStatus
autoscaling2.HorizontalPodAutoscalerBehavior 1scaleUp:autoscaling2.HPAScalingRules! 2scaleDown:autoscaling2.HPAScalingRules!
autoscaling2.HorizontalPodAutoscalerCondition 1type:s! 2status:s! 3lastTransitionTime:T 4reason:s 5message:s
autoscaling2.HorizontalPodAutoscalerSpec 1scaleTargetRef:autoscaling2.CrossVersionObjectReference! 2minReplicas:i! 3maxReplicas:i! 4metrics:*autoscaling2.MetricSpec 5behavior:autoscaling2.HorizontalPodAutoscalerBehavior!
autoscaling2.HorizontalPodAutoscalerStatus 1observedGeneration:i! 2lastScaleTime:T 3currentReplicas:i 4desiredReplicas:i! 5currentMetrics:*autoscaling2.MetricStatus 6conditions:*autoscaling2.HorizontalPodAutoscalerCondition
autoscaling2.MetricIdentifier 1name:s! 2selector:meta.LabelSelector!
autoscaling2.MetricSpec 1type:s! 2object:autoscaling2.ObjectMetricSource! 3pods:autoscaling2.PodsMetricSource! 4resource:autoscaling2.ResourceMetricSource! 5external:autoscaling2.ExternalMetricSource! 7containerResource:autoscaling2.ContainerResourceMetricSource!
autoscaling2.MetricStatus 1type:s! 2object:autoscaling2.ObjectMetricStatus! 3pods:autoscaling2.PodsMetricStatus! 4resource:autoscaling2.ResourceMetricStatus! 5external:autoscaling2.ExternalMetricStatus! 7containerResource:autoscaling2.ContainerResourceMetricStatus!
autoscaling2.MetricTarget 1type:s! 2value:Q 3averageValue:Q 4averageUtilization:i!
autoscaling2.MetricValueStatus 1value:Q 2averageValue:Q 3averageUtilization:i!
autoscaling2.ObjectMetricSource 1describedObject:autoscaling2.CrossVersionObjectReference! 2target:autoscaling2.MetricTarget! 3metric:autoscaling2.MetricIdentifier!
autoscaling2.ObjectMetricStatus 1metric:autoscaling2.MetricIdentifier! 2current:autoscaling2.MetricValueStatus! 3describedObject:autoscaling2.CrossVersionObjectReference!
autoscaling2.PodsMetricSource 1metric:autoscaling2.MetricIdentifier! 2target:autoscaling2.MetricTarget!
autoscaling2.PodsMetricStatus 1metric:autoscaling2.MetricIdentifier! 2current:autoscaling2.MetricValueStatus!
autoscaling2.ResourceMetricSource 1name:s! 2target:autoscaling2.MetricTarget!
autoscaling2.ResourceMetricStatus 1name:s! 2current:autoscaling2.MetricValueStatus!
batch.CronJob 1metadata:meta.ObjectMeta 2spec:batch.CronJobSpec 3status:batch.CronJobStatus
batch.CronJobSpec 1schedule:s! 2startingDeadlineSeconds:i! 3concurrencyPolicy:s 4suspend:t! 5jobTemplate:batch.JobTemplateSpec! 6successfulJobsHistoryLimit:i! 7failedJobsHistoryLimit:i! 8timeZone:s!
batch.CronJobStatus 1active:*core.ObjectReference 4lastScheduleTime:T 5lastSuccessfulTime:T
batch.Job 1metadata:meta.ObjectMeta 2spec:batch.JobSpec 3status:batch.JobStatus
batch.JobCondition 1type:s! 2status:s! 3lastProbeTime:T 4lastTransitionTime:T 5reason:s 6message:s
batch.JobSpec 1parallelism:i! 2completions:i! 3activeDeadlineSeconds:i! 4selector:meta.LabelSelector! 5manualSelector:t! 6template:core.PodTemplateSpec! 7backoffLimit:i! 8ttlSecondsAfterFinished:i! 9completionMode:s! 10suspend:t! 11podFailurePolicy:batch.PodFailurePolicy! 12backoffLimitPerIndex:i! 13maxFailedIndexes:i! 14podReplacementPolicy:s! 15managedBy:s! 16successPolicy:batch.SuccessPolicy!
batch.JobStatus 1conditions:*batch.JobCondition 2startTime:T 3completionTime:T 4active:i 5succeeded:i 6failed:i 7completedIndexes:s 8uncountedTerminatedPods:batch.UncountedTerminatedPods! 9ready:i! 10failedIndexes:s! 11terminating:i!
batch.JobTemplateSpec 1metadata:meta.ObjectMeta 2spec:batch.JobSpec
batch.PodFailurePolicy 1rules:*batch.PodFailurePolicyRule
batch.PodFailurePolicyOnExitCodesRequirement 1containerName:s! 2operator:s! 3values:*i
batch.PodFailurePolicyOnPodConditionsPattern 1type:s! 2status:s!
batch.PodFailurePolicyRule 1action:s! 2onExitCodes:batch.PodFailurePolicyOnExitCodesRequirement! 3onPodConditions:*batch.PodFailurePolicyOnPodConditionsPattern
batch.SuccessPolicy 1rules:*batch.SuccessPolicyRule
batch.SuccessPolicyRule 1succeededIndexes:s! 2succeededCount:i!
batch.UncountedTerminatedPods 1succeeded:*s 2failed:*s
coord.Lease 1metadata:meta.ObjectMeta 2spec:coord.LeaseSpec
coord.LeaseSpec 1holderIdentity:s! 2leaseDurationSeconds:i! 3acquireTime:M 4renewTime:M 5leaseTransitions:i! 6strategy:s! 7preferredHolder:s!
core.AWSElasticBlockStoreVolumeSource 1volumeID:s! 2fsType:s 3partition:i 4readOnly:t
core.Affinity 1nodeAffinity:core.NodeAffinity! 2podAffinity:core.PodAffinity! 3podAntiAffinity:core.PodAntiAffinity!
core.AppArmorProfile 1type:s! 2localhostProfile:s!
core.AttachedVolume 1name:s! 2devicePath:s!
core.AzureDiskVolumeSource 1diskName:s! 2diskURI:s! 3cachingMode:s! 4fsType:s! 5readOnly:t! 6kind:s!
core.AzureFileVolumeSource 1secretName:s! 2shareName:s! 3readOnly:t
core.Binding 1metadata:meta.ObjectMeta 2target:core.ObjectReference!
core.CSIVolumeSource 1driver:s! 2readOnly:t! 3fsType:s! 4volumeAttributes:%s 5nodePublishSecretRef:core.LocalObjectReference!
core.Capabilities 1add:*s 2drop:*s
core.CephFSVolumeSource 1monitors:*s 2path:s 3user:s 4secretFile:s 5secretRef:core.LocalObjectReference! 6readOnly:t
core.CinderVolumeSource 1volumeID:s! 2fsType:s 3readOnly:t 4secretRef:core.LocalObjectReference!
core.ClientIPConfig 1timeoutSeconds:i!
core.ClusterTrustBundleProjection 1name:s! 2signerName:s! 3labelSelector:meta.LabelSelector! 4path:s! 5optional:t!
core.ConfigMap 1metadata:meta.ObjectMeta 2data:%s 3binaryData:%b 4immutable:t!
core.ConfigMapEnvSource 1^core.LocalObjectReference 2optional:t!
core.ConfigMapKeySelector 1^core.LocalObjectReference 2key:s! 3optional:t!
core.ConfigMapNodeConfigSource 1namespace:s! 2name:s! 3uid:s 4resourceVersion:s 5kubeletConfigKey:s!
core.ConfigMapProjection 1^core.LocalObjectReference 2items:*core.KeyToPath 4optional:t!
core.ConfigMapVolumeSource 1^core.LocalObjectReference 2items:*core.KeyToPath 3defaultMode:i! 4optional:t!
core.Container 1name:s! 2image:s 3command:*s 4args:*s 5workingDir:s 6ports:*core.ContainerPort 7env:*core.EnvVar 8resources:core.ResourceRequirements 9volumeMounts:*core.VolumeMount 10livenessProbe:core.Probe! 11readinessProbe:core.Probe! 12lifecycle:core.Lifecycle! 13terminationMessagePath:s 14imagePullPolicy:s 15securityContext:core.SecurityContext! 16stdin:t 17stdinOnce:t 18tty:t 19envFrom:*core.EnvFromSource 20terminationMessagePolicy:s 21volumeDevices:*core.VolumeDevice 22startupProbe:core.Probe! 23resizePolicy:*core.ContainerResizePolicy 24restartPolicy:s! 25restartPolicyRules:*core.ContainerRestartRule
core.ContainerExtendedResourceRequest 1containerName:s! 2resourceName:s! 3requestName:s!
core.ContainerImage 1names:*s 2sizeBytes:i
core.ContainerPort 1name:s 2hostPort:i 3containerPort:i! 4protocol:s 5hostIP:s
core.ContainerResizePolicy 1resourceName:s! 2restartPolicy:s!
core.ContainerRestartRule 1action:s 2exitCodes:core.ContainerRestartRuleOnExitCodes!
core.ContainerRestartRuleOnExitCodes 1operator:s 2values:*i
core.ContainerState 1waiting:core.ContainerStateWaiting! 2running:core.ContainerStateRunning! 3terminated:core.ContainerStateTerminated!
core.ContainerStateRunning 1startedAt:T
core.ContainerStateTerminated 1exitCode:i! 2signal:i 3reason:s 4message:s 5startedAt:T 6finishedAt:T 7containerID:s
core.ContainerStateWaiting 1reason:s 2message:s
core.ContainerStatus 1name:s! 2state:core.ContainerState 3lastState:core.ContainerState 4ready:t! 5restartCount:i! 6image:s! 7imageID:s! 8containerID:s 9started:t! 10allocatedResources:%Q 11resources:core.ResourceRequirements! 12volumeMounts:*core.VolumeMountStatus 13user:core.ContainerUser! 14allocatedResourcesStatus:*core.ResourceStatus 15stopSignal:s!
core.ContainerUser 1linux:core.LinuxContainerUser!
core.DaemonEndpoint 1Port:i!
core.DownwardAPIProjection 1items:*core.DownwardAPIVolumeFile
core.DownwardAPIVolumeFile 1path:s! 2fieldRef:core.ObjectFieldSelector! 3resourceFieldRef:core.ResourceFieldSelector! 4mode:i!
core.DownwardAPIVolumeSource 1items:*core.DownwardAPIVolumeFile 2defaultMode:i!
core.EmptyDirVolumeSource 1medium:s 2sizeLimit:Q
core.EndpointAddress 1ip:s! 2targetRef:core.ObjectReference! 3hostname:s 4nodeName:s!
core.EndpointPort 1name:s 2port:i! 3protocol:s 4appProtocol:s!
core.EndpointSubset 1addresses:*core.EndpointAddress 2notReadyAddresses:*core.EndpointAddress 3ports:*core.EndpointPort
core.Endpoints 1metadata:meta.ObjectMeta 2subsets:*core.EndpointSubset
core.EnvFromSource 1prefix:s 2configMapRef:core.ConfigMapEnvSource! 3secretRef:core.SecretEnvSource!
core.EnvVar 1name:s! 2value:s 3valueFrom:core.EnvVarSource!
core.EnvVarSource 1fieldRef:core.ObjectFieldSelector! 2resourceFieldRef:core.ResourceFieldSelector! 3configMapKeyRef:core.ConfigMapKeySelector! 4secretKeyRef:core.SecretKeySelector! 5fileKeyRef:core.FileKeySelector!
core.EphemeralContainer 1^core.EphemeralContainerCommon 2targetContainerName:s
core.EphemeralContainerCommon 1name:s! 2image:s 3command:*s 4args:*s 5workingDir:s 6ports:*core.ContainerPort 7env:*core.EnvVar 8resources:core.ResourceRequirements 9volumeMounts:*core.VolumeMount 10livenessProbe:core.Probe! 11readinessProbe:core.Probe! 12lifecycle:core.Lifecycle! 13terminationMessagePath:s 14imagePullPolicy:s 15securityContext:core.SecurityContext! 16stdin:t 17stdinOnce:t 18tty:t 19envFrom:*core.EnvFromSource 20terminationMessagePolicy:s 21volumeDevices:*core.VolumeDevice 22startupProbe:core.Probe! 23resizePolicy:*core.ContainerResizePolicy 24restartPolicy:s! 25restartPolicyRules:*core.ContainerRestartRule
core.EphemeralVolumeSource 1volumeClaimTemplate:core.PersistentVolumeClaimTemplate!
core.Event 1metadata:meta.ObjectMeta! 2involvedObject:core.ObjectReference! 3reason:s 4message:s 5source:core.EventSource 6firstTimestamp:T 7lastTimestamp:T 8count:i 9type:s 10eventTime:M 11series:core.EventSeries! 12action:s 13related:core.ObjectReference! 14reportingComponent:s! 15reportingInstance:s!
core.EventSeries 1count:i 2lastObservedTime:M
core.EventSource 1component:s 2host:s
core.ExecAction 1command:*s
core.FCVolumeSource 1targetWWNs:*s 2lun:i! 3fsType:s 4readOnly:t 5wwids:*s
core.FileKeySelector 1volumeName:s! 2path:s! 3key:s! 4optional:t!
core.FlexVolumeSource 1driver:s! 2fsType:s 3secretRef:core.LocalObjectReference! 4readOnly:t 5options:%s
core.FlockerVolumeSource 1datasetName:s 2datasetUUID:s
core.GCEPersistentDiskVolumeSource 1pdName:s! 2fsType:s 3partition:i 4readOnly:t
core.GRPCAction 1port:i! 2service:s!
core.GitRepoVolumeSource 1repository:s! 2revision:s 3directory:s
core.GlusterfsVolumeSource 1endpoints:s! 2path:s! 3readOnly:t
core.HTTPGetAction 1path:s 2port:I 3host:s 4scheme:s 5httpHeaders:*core.HTTPHeader
core.HTTPHeader 1name:s! 2value:s!
core.HostAlias 1ip:s! 2hostnames:*s
core.HostIP 1ip:s!
core.HostPathVolumeSource 1path:s! 2type:s!
core.ISCSIVolumeSource 1targetPortal:s! 2iqn:s! 3lun:i! 4iscsiInterface:s 5fsType:s 6readOnly:t 7portals:*s 8chapAuthDiscovery:t 10secretRef:core.LocalObjectReference! 11chapAuthSession:t 12initiatorName:s!
core.ImageVolumeSource 1reference:s 2pullPolicy:s
core.ImageVolumeStatus 1imageRef:s
core.KeyToPath 1key:s! 2path:s! 3mode:i!
core.Lifecycle 1postStart:core.LifecycleHandler! 2preStop:core.LifecycleHandler! 3stopSignal:s!
core.LifecycleHandler 1exec:core.ExecAction! 2httpGet:core.HTTPGetAction! 3tcpSocket:core.TCPSocketAction! 4sleep:core.SleepAction!
core.LimitRange 1metadata:meta.ObjectMeta 2spec:core.LimitRangeSpec
core.LimitRangeItem 1type:s! 2max:%Q 3min:%Q 4default:%Q 5defaultRequest:%Q 6maxLimitRequestRatio:%Q
core.LimitRangeSpec 1limits:*core.LimitRangeItem
core.LinuxContainerUser 1uid:i! 2gid:i! 3supplementalGroups:*i
core.LoadBalancerIngress 1ip:s 2hostname:s 3ipMode:s! 4ports:*core.PortStatus
core.LoadBalancerStatus 1ingress:*core.LoadBalancerIngress
core.LocalObjectReference 1name:s
core.ModifyVolumeStatus 1targetVolumeAttributesClassName:s 2status:s!
core.NFSVolumeSource 1server:s! 2path:s! 3readOnly:t
core.Namespace 1metadata:meta.ObjectMeta 2spec:core.NamespaceSpec 3status:core.NamespaceStatus
core.NamespaceCondition 1type:s! 2status:s! 4lastTransitionTime:T 5reason:s 6message:s
core.NamespaceSpec 1finalizers:*s
core.NamespaceStatus 1phase:s 2conditions:*core.NamespaceCondition
core.Node 1metadata:meta.ObjectMeta 2spec:core.NodeSpec 3status:core.NodeStatus
core.NodeAddress 1type:s! 2address:s!
core.NodeAffinity 1requiredDuringSchedulingIgnoredDuringExecution:core.NodeSelector! 2preferredDuringSchedulingIgnoredDuringExecution:*core.PreferredSchedulingTerm
core.NodeAllocatableResourceClaimStatus 1resourceClaimName:s! 2containers:*s 3resources:%Q
core.NodeCondition 1type:s! 2status:s! 3lastHeartbeatTime:T 4lastTransitionTime:T 5reason:s 6message:s
core.NodeConfigSource 2configMap:core.ConfigMapNodeConfigSource!
core.NodeConfigStatus 1assigned:core.NodeConfigSource! 2active:core.NodeConfigSource! 3lastKnownGood:core.NodeConfigSource! 4error:s
core.NodeDaemonEndpoints 1kubeletEndpoint:core.DaemonEndpoint
core.NodeFeatures 1supplementalGroupsPolicy:t!
core.NodeRuntimeHandler 1name:s! 2features:core.NodeRuntimeHandlerFeatures!
core.NodeRuntimeHandlerFeatures 1recursiveReadOnlyMounts:t! 2userNamespaces:t!
core.NodeSelector 1nodeSelectorTerms:*core.NodeSelectorTerm
core.NodeSelectorRequirement 1key:s! 2operator:s! 3values:*s
core.NodeSelectorTerm 1matchExpressions:*core.NodeSelectorRequirement 2matchFields:*core.NodeSelectorRequirement
core.NodeSpec 1podCIDR:s 2externalID:s 3providerID:s 4unschedulable:t 5taints:*core.Taint 6configSource:core.NodeConfigSource! 7podCIDRs:*s
core.NodeStatus 1capacity:%Q 2allocatable:%Q 3phase:s 4conditions:*core.NodeCondition 5addresses:*core.NodeAddress 6daemonEndpoints:core.NodeDaemonEndpoints 7nodeInfo:core.NodeSystemInfo 8images:*core.ContainerImage 9volumesInUse:*s 10volumesAttached:*core.AttachedVolume 11config:core.NodeConfigStatus! 12runtimeHandlers:*core.NodeRuntimeHandler 13features:core.NodeFeatures! 14declaredFeatures:*s
core.NodeSwapStatus 1capacity:i!
core.NodeSystemInfo 1machineID:s! 2systemUUID:s! 3bootID:s! 4kernelVersion:s! 5osImage:s! 6containerRuntimeVersion:s! 7kubeletVersion:s! 8kubeProxyVersion:s! 9operatingSystem:s! 10architecture:s! 11swap:core.NodeSwapStatus!
core.ObjectFieldSelector 1apiVersion:s 2fieldPath:s!
core.ObjectReference 1kind:s 2namespace:s 3name:s 4uid:s 5apiVersion:s 6resourceVersion:s 7fieldPath:s
core.PersistentVolumeClaim 1metadata:meta.ObjectMeta 2spec:core.PersistentVolumeClaimSpec 3status:core.PersistentVolumeClaimStatus
core.PersistentVolumeClaimCondition 1type:s! 2status:s! 3lastProbeTime:T 4lastTransitionTime:T 5reason:s 6message:s
core.PersistentVolumeClaimSpec 1accessModes:*s 2resources:core.VolumeResourceRequirements 3volumeName:s 4selector:meta.LabelSelector! 5storageClassName:s! 6volumeMode:s! 7dataSource:core.TypedLocalObjectReference! 8dataSourceRef:core.TypedObjectReference! 9volumeAttributesClassName:s!
core.PersistentVolumeClaimStatus 1phase:s 2accessModes:*s 3capacity:%Q 4conditions:*core.PersistentVolumeClaimCondition 5allocatedResources:%Q 7allocatedResourceStatuses:%s 8currentVolumeAttributesClassName:s! 9modifyVolumeStatus:core.ModifyVolumeStatus!
core.PersistentVolumeClaimTemplate 1metadata:meta.ObjectMeta 2spec:core.PersistentVolumeClaimSpec!
core.PersistentVolumeClaimVolumeSource 1claimName:s! 2readOnly:t
core.PhotonPersistentDiskVolumeSource 1pdID:s! 2fsType:s
core.Pod 1metadata:meta.ObjectMeta 2spec:core.PodSpec 3status:core.SimulatedPodStatus
core.PodAffinity 1requiredDuringSchedulingIgnoredDuringExecution:*core.PodAffinityTerm 2preferredDuringSchedulingIgnoredDuringExecution:*core.WeightedPodAffinityTerm
core.PodAffinityTerm 1labelSelector:meta.LabelSelector! 2namespaces:*s 3topologyKey:s! 4namespaceSelector:meta.LabelSelector! 5matchLabelKeys:*s 6mismatchLabelKeys:*s
core.PodAntiAffinity 1requiredDuringSchedulingIgnoredDuringExecution:*core.PodAffinityTerm 2preferredDuringSchedulingIgnoredDuringExecution:*core.WeightedPodAffinityTerm
core.PodCertificateProjection 1signerName:s 2keyType:s 3maxExpirationSeconds:i! 4credentialBundlePath:s 5keyPath:s 6certificateChainPath:s 7userAnnotations:%s
core.PodCondition 1type:s! 2status:s! 3lastProbeTime:T 4lastTransitionTime:T 5reason:s 6message:s 7observedGeneration:i
core.PodDNSConfig 1nameservers:*s 2searches:*s 3options:*core.PodDNSConfigOption
core.PodDNSConfigOption 1name:s 2value:s!
core.PodExtendedResourceClaimStatus 1requestMappings:*core.ContainerExtendedResourceRequest 2resourceClaimName:s!
core.PodIP 1ip:s!
core.PodOS 1name:s!
core.PodReadinessGate 1conditionType:s!
core.PodResourceClaim 1name:s! 3resourceClaimName:s! 4resourceClaimTemplateName:s!
core.PodResourceClaimStatus 1name:s! 2resourceClaimName:s!
core.PodSchedulingGate 1name:s!
core.PodSchedulingGroup 1podGroupName:s!
core.PodSecurityContext 1seLinuxOptions:core.SELinuxOptions! 2runAsUser:i! 3runAsNonRoot:t! 4supplementalGroups:*i 5fsGroup:i! 6runAsGroup:i! 7sysctls:*core.Sysctl 8windowsOptions:core.WindowsSecurityContextOptions! 9fsGroupChangePolicy:s! 10seccompProfile:core.SeccompProfile! 11appArmorProfile:core.AppArmorProfile! 12supplementalGroupsPolicy:s! 13seLinuxChangePolicy:s!
core.PodSpec 1volumes:*core.Volume 2containers:*core.Container 3restartPolicy:s 4terminationGracePeriodSeconds:i! 5activeDeadlineSeconds:i! 6dnsPolicy:s 7nodeSelector:%s 8serviceAccountName:s 9serviceAccount:s 10nodeName:s 11hostNetwork:t 12hostPID:t 13hostIPC:t 14securityContext:core.PodSecurityContext! 15imagePullSecrets:*core.LocalObjectReference 16hostname:s 17subdomain:s 18affinity:core.Affinity! 19schedulerName:s 20initContainers:*core.Container 21automountServiceAccountToken:t! 22tolerations:*core.Toleration 23hostAliases:*core.HostAlias 24priorityClassName:s 25priority:i! 26dnsConfig:core.PodDNSConfig! 27shareProcessNamespace:t! 28readinessGates:*core.PodReadinessGate 29runtimeClassName:s! 30enableServiceLinks:t! 31preemptionPolicy:s! 32overhead:%Q 33topologySpreadConstraints:*core.TopologySpreadConstraint 34ephemeralContainers:*core.EphemeralContainer 35setHostnameAsFQDN:t! 36os:core.PodOS! 37hostUsers:t! 38schedulingGates:*core.PodSchedulingGate 39resourceClaims:*core.PodResourceClaim 40resources:core.ResourceRequirements! 41hostnameOverride:s! 43schedulingGroup:core.PodSchedulingGroup!
core.SimulatedPodStatus 1phase:s 2conditions:*core.PodCondition 3message:s 4reason:s 5hostIP:s 6podIP:s 7startTime:T 8containerStatuses:*core.ContainerStatus 9qosClass:s 10initContainerStatuses:*core.ContainerStatus 11nominatedNodeName:s 12podIPs:*core.PodIP 13ephemeralContainerStatuses:*core.ContainerStatus 14resize:s 15resourceClaimStatuses:*core.PodResourceClaimStatus 16hostIPs:*core.HostIP 17observedGeneration:i 18extendedResourceClaimStatus:core.PodExtendedResourceClaimStatus! 19allocatedResources:%Q 20resources:core.ResourceRequirements! 21nodeAllocatableResourceClaimStatuses:*core.NodeAllocatableResourceClaimStatus
core.PodTemplateDefaults 1metadata:meta.ObjectMeta 2template:core.PodTemplateSpec
core.PodTemplateSpec 1metadata:meta.ObjectMeta 2spec:core.PodSpec
core.PortStatus 1port:i! 2protocol:s! 3error:s!
core.PortworxVolumeSource 1volumeID:s! 2fsType:s 3readOnly:t
core.PreferredSchedulingTerm 1weight:i! 2preference:core.NodeSelectorTerm!
core.Probe 1^core.ProbeHandler 2initialDelaySeconds:i 3timeoutSeconds:i 4periodSeconds:i 5successThreshold:i 6failureThreshold:i 7terminationGracePeriodSeconds:i!
core.ProbeHandler 1exec:core.ExecAction! 2httpGet:core.HTTPGetAction! 3tcpSocket:core.TCPSocketAction! 4grpc:core.GRPCAction!
core.ProjectedVolumeSource 1sources:*core.VolumeProjection 2defaultMode:i!
core.QuobyteVolumeSource 1registry:s! 2volume:s! 3readOnly:t 4user:s 5group:s 6tenant:s
core.RBDVolumeSource 1monitors:*s 2image:s! 3fsType:s 4pool:s 5user:s 6keyring:s 7secretRef:core.LocalObjectReference! 8readOnly:t
core.ReplicationController 1metadata:meta.ObjectMeta 2spec:core.ReplicationControllerSpec 3status:core.ReplicationControllerStatus
core.ReplicationControllerCondition 1type:s! 2status:s! 3lastTransitionTime:T 4reason:s 5message:s
core.ReplicationControllerSpec 1replicas:i! 2selector:%s 3template:core.PodTemplateSpec! 4minReadySeconds:i
core.ReplicationControllerStatus 1replicas:i! 2fullyLabeledReplicas:i 3observedGeneration:i 4readyReplicas:i 5availableReplicas:i 6conditions:*core.ReplicationControllerCondition
core.ResourceClaim 1name:s! 2request:s
core.ResourceFieldSelector 1containerName:s 2resource:s! 3divisor:Q
core.ResourceHealth 1resourceID:s! 2health:s 6message:s!
core.ResourceQuota 1metadata:meta.ObjectMeta 2spec:core.ResourceQuotaSpec 3status:core.ResourceQuotaStatus
core.ResourceQuotaSpec 1hard:%Q 2scopes:*s 3scopeSelector:core.ScopeSelector!
core.ResourceQuotaStatus 1hard:%Q 2used:%Q
core.ResourceRequirements 1limits:%Q 2requests:%Q 3claims:*core.ResourceClaim
core.ResourceStatus 1name:s! 2resources:*core.ResourceHealth
core.SELinuxOptions 1user:s 2role:s 3type:s 4level:s
core.ScaleIOVolumeSource 1gateway:s! 2system:s! 3secretRef:core.LocalObjectReference! 4sslEnabled:t 5protectionDomain:s 6storagePool:s 7storageMode:s 8volumeName:s 9fsType:s 10readOnly:t
core.ScopeSelector 1matchExpressions:*core.ScopedResourceSelectorRequirement
core.ScopedResourceSelectorRequirement 1scopeName:s! 2operator:s! 3values:*s
core.SeccompProfile 1type:s! 2localhostProfile:s!
core.Secret 1metadata:meta.ObjectMeta 2data:%b 3type:s 4stringData:%s 5immutable:t!
core.SecretEnvSource 1^core.LocalObjectReference 2optional:t!
core.SecretKeySelector 1^core.LocalObjectReference 2key:s! 3optional:t!
core.SecretProjection 1^core.LocalObjectReference 2items:*core.KeyToPath 4optional:t!
core.SecretVolumeSource 1secretName:s 2items:*core.KeyToPath 3defaultMode:i! 4optional:t!
core.SecurityContext 1capabilities:core.Capabilities! 2privileged:t! 3seLinuxOptions:core.SELinuxOptions! 4runAsUser:i! 5runAsNonRoot:t! 6readOnlyRootFilesystem:t! 7allowPrivilegeEscalation:t! 8runAsGroup:i! 9procMount:s! 10windowsOptions:core.WindowsSecurityContextOptions! 11seccompProfile:core.SeccompProfile! 12appArmorProfile:core.AppArmorProfile!
core.Service 1metadata:meta.ObjectMeta 2spec:core.ServiceSpec 3status:core.ServiceStatus
core.ServiceAccount 1metadata:meta.ObjectMeta 2secrets:*core.ObjectReference 3imagePullSecrets:*core.LocalObjectReference 4automountServiceAccountToken:t!
core.ServiceAccountTokenProjection 1audience:s 2expirationSeconds:i! 3path:s!
core.ServicePort 1name:s 2protocol:s 3port:i! 4targetPort:I 5nodePort:i 6appProtocol:s!
core.ServiceSpec 1ports:*core.ServicePort 2selector:%s 3clusterIP:s 4type:s 5externalIPs:*s 7sessionAffinity:s 8loadBalancerIP:s 9loadBalancerSourceRanges:*s 10externalName:s 11externalTrafficPolicy:s 12healthCheckNodePort:i 13publishNotReadyAddresses:t 14sessionAffinityConfig:core.SessionAffinityConfig! 17ipFamilyPolicy:s! 18clusterIPs:*s 19ipFamilies:*s 20allocateLoadBalancerNodePorts:t! 21loadBalancerClass:s! 22internalTrafficPolicy:s! 23trafficDistribution:s!
core.ServiceStatus 1loadBalancer:core.LoadBalancerStatus 2conditions:*meta.Condition
core.SessionAffinityConfig 1clientIP:core.ClientIPConfig!
core.SleepAction 1seconds:i!
core.StorageOSVolumeSource 1volumeName:s 2volumeNamespace:s 3fsType:s 4readOnly:t 5secretRef:core.LocalObjectReference!
core.Sysctl 1name:s! 2value:s!
core.TCPSocketAction 1port:I 2host:s
core.Taint 1key:s! 2value:s 3effect:s! 4timeAdded:T
core.Toleration 1key:s 2operator:s 3value:s 4effect:s 5tolerationSeconds:i!
core.TopologySpreadConstraint 1maxSkew:i! 2topologyKey:s! 3whenUnsatisfiable:s! 4labelSelector:meta.LabelSelector! 5minDomains:i! 6nodeAffinityPolicy:s! 7nodeTaintsPolicy:s! 8matchLabelKeys:*s
core.TypedLocalObjectReference 1apiGroup:s! 2kind:s! 3name:s!
core.TypedObjectReference 1apiGroup:s! 2kind:s! 3name:s! 4namespace:s!
core.Volume 1name:s! 2^core.VolumeSource
core.VolumeDevice 1name:s! 2devicePath:s!
core.VolumeMount 1name:s! 2readOnly:t 3mountPath:s! 4subPath:s 5mountPropagation:s! 6subPathExpr:s 7recursiveReadOnly:s!
core.VolumeMountStatus 1name:s! 2mountPath:s! 3readOnly:t 4recursiveReadOnly:s! 5volumeStatus:core.VolumeStatus!
core.VolumeProjection 1secret:core.SecretProjection! 2downwardAPI:core.DownwardAPIProjection! 3configMap:core.ConfigMapProjection! 4serviceAccountToken:core.ServiceAccountTokenProjection! 5clusterTrustBundle:core.ClusterTrustBundleProjection! 6podCertificate:core.PodCertificateProjection!
core.VolumeResourceRequirements 1limits:%Q 2requests:%Q
core.VolumeSource 1hostPath:core.HostPathVolumeSource! 2emptyDir:core.EmptyDirVolumeSource! 3gcePersistentDisk:core.GCEPersistentDiskVolumeSource! 4awsElasticBlockStore:core.AWSElasticBlockStoreVolumeSource! 5gitRepo:core.GitRepoVolumeSource! 6secret:core.SecretVolumeSource! 7nfs:core.NFSVolumeSource! 8iscsi:core.ISCSIVolumeSource! 9glusterfs:core.GlusterfsVolumeSource! 10persistentVolumeClaim:core.PersistentVolumeClaimVolumeSource! 11rbd:core.RBDVolumeSource! 12flexVolume:core.FlexVolumeSource! 13cinder:core.CinderVolumeSource! 14cephfs:core.CephFSVolumeSource! 15flocker:core.FlockerVolumeSource! 16downwardAPI:core.DownwardAPIVolumeSource! 17fc:core.FCVolumeSource! 18azureFile:core.AzureFileVolumeSource! 19configMap:core.ConfigMapVolumeSource! 20vsphereVolume:core.VsphereVirtualDiskVolumeSource! 21quobyte:core.QuobyteVolumeSource! 22azureDisk:core.AzureDiskVolumeSource! 23photonPersistentDisk:core.PhotonPersistentDiskVolumeSource! 24portworxVolume:core.PortworxVolumeSource! 25scaleIO:core.ScaleIOVolumeSource! 26projected:core.ProjectedVolumeSource! 27storageos:core.StorageOSVolumeSource! 28csi:core.CSIVolumeSource! 29ephemeral:core.EphemeralVolumeSource! 30image:core.ImageVolumeSource!
core.VolumeStatus 1image:core.ImageVolumeStatus!
core.VsphereVirtualDiskVolumeSource 1volumePath:s! 2fsType:s 3storagePolicyName:s 4storagePolicyID:s
core.WeightedPodAffinityTerm 1weight:i! 2podAffinityTerm:core.PodAffinityTerm!
core.WindowsSecurityContextOptions 1gmsaCredentialSpecName:s! 2gmsaCredentialSpec:s! 3runAsUserName:s! 4hostProcess:t!
discovery.Endpoint 1addresses:*s 2conditions:discovery.EndpointConditions 3hostname:s! 4targetRef:core.ObjectReference! 5deprecatedTopology:%s 6nodeName:s! 7zone:s! 8hints:discovery.EndpointHints!
discovery.EndpointConditions 1ready:t! 2serving:t! 3terminating:t!
discovery.EndpointHints 1forZones:*discovery.ForZone 2forNodes:*discovery.ForNode
discovery.EndpointPort 1name:s! 2protocol:s! 3port:i! 4appProtocol:s!
discovery.EndpointSlice 1metadata:meta.ObjectMeta 2endpoints:*discovery.Endpoint 3ports:*discovery.EndpointPort 4addressType:s!
discovery.ForNode 1name:s!
discovery.ForZone 1name:s!
events.Event 1metadata:meta.ObjectMeta! 2eventTime:M 3series:events.EventSeries! 4reportingController:s 5reportingInstance:s 6action:s 7reason:s 8regarding:core.ObjectReference 9related:core.ObjectReference! 10note:s 11type:s 12deprecatedSource:core.EventSource 13deprecatedFirstTimestamp:T 14deprecatedLastTimestamp:T 15deprecatedCount:i
events.EventSeries 1count:i! 2lastObservedTime:M
meta.Condition 1type:s! 2status:s! 3observedGeneration:i 4lastTransitionTime:T 5reason:s! 6message:s!
meta.DeleteOptions 1gracePeriodSeconds:i! 2preconditions:meta.Preconditions! 3orphanDependents:t! 4propagationPolicy:s! 5dryRun:*s 6ignoreStoreReadErrorWithClusterBreakingPotential:t!
meta.FieldSelectorRequirement 1key:s! 2operator:s! 3values:*s
meta.LabelSelector 1matchLabels:%s 2matchExpressions:*meta.LabelSelectorRequirement
meta.LabelSelectorRequirement 1key:s! 2operator:s! 3values:*s
meta.ManagedFieldsEntry 1manager:s 2operation:s 3apiVersion:s 4time:T 6fieldsType:s 7fieldsV1:F 8subresource:s
meta.ObjectMeta 1name:s 2generateName:s 3namespace:s 4selfLink:s 5uid:s 6resourceVersion:s 7generation:i 8creationTimestamp:T 9deletionTimestamp:T 10deletionGracePeriodSeconds:i! 11labels:%s 12annotations:%s 13ownerReferences:*meta.OwnerReference 14finalizers:*s 17managedFields:*meta.ManagedFieldsEntry
meta.OwnerReference 1kind:s! 3name:s! 4uid:s! 5apiVersion:s! 6controller:t! 7blockOwnerDeletion:t!
meta.Preconditions 1uid:s! 2resourceVersion:s!
net.HTTPIngressPath 1path:s 2backend:net.IngressBackend! 3pathType:s!
net.HTTPIngressRuleValue 1paths:*net.HTTPIngressPath
net.IPBlock 1cidr:s! 2except:*s
net.Ingress 1metadata:meta.ObjectMeta 2spec:net.IngressSpec 3status:net.IngressStatus
net.IngressBackend 3resource:core.TypedLocalObjectReference! 4service:net.IngressServiceBackend!
net.IngressClass 1metadata:meta.ObjectMeta 2spec:net.IngressClassSpec
net.IngressClassParametersReference 1apiGroup:s! 2kind:s! 3name:s! 4scope:s! 5namespace:s!
net.IngressClassSpec 1controller:s 2parameters:net.IngressClassParametersReference!
net.IngressLoadBalancerIngress 1ip:s 2hostname:s 4ports:*net.IngressPortStatus
net.IngressLoadBalancerStatus 1ingress:*net.IngressLoadBalancerIngress
net.IngressPortStatus 1port:i! 2protocol:s! 3error:s!
net.IngressRule 1host:s 2^net.IngressRuleValue
net.IngressRuleValue 1http:net.HTTPIngressRuleValue!
net.IngressServiceBackend 1name:s! 2port:net.ServiceBackendPort
net.IngressSpec 1defaultBackend:net.IngressBackend! 2tls:*net.IngressTLS 3rules:*net.IngressRule 4ingressClassName:s!
net.IngressStatus 1loadBalancer:net.IngressLoadBalancerStatus
net.IngressTLS 1hosts:*s 2secretName:s
net.NetworkPolicy 1metadata:meta.ObjectMeta 2spec:net.NetworkPolicySpec
net.NetworkPolicyEgressRule 1ports:*net.NetworkPolicyPort 2to:*net.NetworkPolicyPeer
net.NetworkPolicyIngressRule 1ports:*net.NetworkPolicyPort 2from:*net.NetworkPolicyPeer
net.NetworkPolicyPeer 1podSelector:meta.LabelSelector! 2namespaceSelector:meta.LabelSelector! 3ipBlock:net.IPBlock!
net.NetworkPolicyPort 1protocol:s! 2port:I 3endPort:i!
net.NetworkPolicySpec 1podSelector:meta.LabelSelector! 2ingress:*net.NetworkPolicyIngressRule 3egress:*net.NetworkPolicyEgressRule 4policyTypes:*s
net.ServiceBackendPort 1name:s 2number:i
policy.Eviction 1metadata:meta.ObjectMeta 2deleteOptions:meta.DeleteOptions!
policy.PodDisruptionBudget 1metadata:meta.ObjectMeta 2spec:policy.PodDisruptionBudgetSpec 3status:policy.PodDisruptionBudgetStatus
policy.PodDisruptionBudgetSpec 1minAvailable:I 2selector:meta.LabelSelector! 3maxUnavailable:I 4unhealthyPodEvictionPolicy:s!
policy.PodDisruptionBudgetStatus 1observedGeneration:i 2disruptedPods:%T 3disruptionsAllowed:i! 4currentHealthy:i! 5desiredHealthy:i! 6expectedPods:i! 7conditions:*meta.Condition
rbac.AggregationRule 1clusterRoleSelectors:*meta.LabelSelector
rbac.ClusterRole 1metadata:meta.ObjectMeta 2rules:*rbac.PolicyRule 3aggregationRule:rbac.AggregationRule!
rbac.ClusterRoleBinding 1metadata:meta.ObjectMeta 2subjects:*rbac.Subject 3roleRef:rbac.RoleRef!
rbac.PolicyRule 1verbs:*s 2apiGroups:*s 3resources:*s 4resourceNames:*s 5nonResourceURLs:*s
rbac.Role 1metadata:meta.ObjectMeta 2rules:*rbac.PolicyRule
rbac.RoleBinding 1metadata:meta.ObjectMeta 2subjects:*rbac.Subject 3roleRef:rbac.RoleRef!
rbac.RoleRef 1apiGroup:s! 2kind:s! 3name:s!
rbac.Subject 1kind:s! 2apiGroup:s 3name:s! 4namespace:s
sched.PriorityClass 1metadata:meta.ObjectMeta 2value:i! 3globalDefault:t 4description:s 5preemptionPolicy:s!
"""
}
