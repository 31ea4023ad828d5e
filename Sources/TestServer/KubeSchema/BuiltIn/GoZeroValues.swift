import KubeModel

/// The members of built-in kinds that lose their zero values: in Go they are no pointers and `omitempty`, so that an API
/// server that has read `""`, `0`, `false`, `[]` or `{}` neither tells it from nothing, which gets the default, nor stores it
/// (API conventions, "Optional vs. Required").
enum GoZeroValues {
    /// The members of a definition (`io.k8s.api.core.v1.Container`) that do.
    static func members(of definition: String, schema: JSONValue) -> Set<String> {
        let type = definition.split(separator: ".").last.map(String.init) ?? ""
        let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
        let lists = (schema["properties"]?.object ?? [:]).filter { isList($0.value) }.map(\.key)
        return (scalars[type] ?? []).union(lists).subtracting(required).subtracting(kept[type] ?? [])
    }

    static func isZero(_ value: JSONValue) -> Bool {
        switch value {
        case .string(let text): text.isEmpty
        case .int(let number): number == 0
        case .double(let number): number == 0
        case .bool(let isTrue): !isTrue
        case .array(let items): items.isEmpty
        case .object(let members): members.isEmpty
        case .null: false
        }
    }

    /// Slices and maps are never pointers. An object with members of its own is a struct, which stays.
    private static func isList(_ schema: JSONValue) -> Bool {
        switch schema["type"]?.string {
        case "array": true
        case "object": schema["properties"] == nil && schema["additionalProperties"] != nil
        case "string": schema["format"]?.string == "byte"
        default: false
        }
    }

    /// Slices that are written when they are empty, too.
    private static let kept: [String: Set<String>] = [
        "ClusterRole": ["rules"], "Role": ["rules"], "EndpointSlice": ["ports"],
        "HorizontalPodAutoscalerStatus": ["currentMetrics"],
        "CustomResourceDefinitionStatus": ["conditions", "storedVersions"],
    ]

    /// Of k8s.io/api v0.36: text, numbers and booleans by the type that has them. A status is written by controllers, which
    /// leave their zeros out themselves.
    private static let scalars: [String: Set<String>] = table(
        """
        AWSElasticBlockStoreVolumeSource fsType partition readOnly
        AzureFileVolumeSource readOnly
        CephFSVolumeSource path readOnly secretFile user
        CinderVolumeSource fsType readOnly
        Container image imagePullPolicy stdin stdinOnce terminationMessagePath terminationMessagePolicy tty workingDir
        ContainerPort hostIP hostPort name protocol
        CronJobSpec concurrencyPolicy
        CSIPersistentVolumeSource fsType readOnly
        CustomResourceDefinitionNames listKind singular
        CustomResourceDefinitionVersion deprecated
        DaemonSetSpec minReadySeconds
        DaemonSetUpdateStrategy type
        DeploymentSpec minReadySeconds paused
        DeploymentStrategy type
        EmptyDirVolumeSource medium
        EndpointAddress hostname
        EndpointPort name protocol
        EnvFromSource prefix
        EnvVar value
        EphemeralContainer image imagePullPolicy stdin stdinOnce targetContainerName terminationMessagePath \
        terminationMessagePolicy tty workingDir
        FCVolumeSource fsType readOnly
        FlexVolumeSource fsType readOnly
        FlockerVolumeSource datasetName datasetUUID
        GCEPersistentDiskVolumeSource fsType partition readOnly
        GitRepoVolumeSource directory revision
        GlusterfsVolumeSource readOnly
        HTTPGetAction host path scheme
        HTTPIngressPath path
        ImageVolumeSource pullPolicy reference
        IngressClassSpec controller
        IngressRule host
        IngressTLS secretName
        ISCSIVolumeSource chapAuthDiscovery chapAuthSession fsType iscsiInterface readOnly
        NFSVolumeSource readOnly
        ObjectReference fieldPath name namespace resourceVersion uid apiVersion kind
        PersistentVolumeClaimSpec volumeName
        PersistentVolumeClaimVolumeSource readOnly
        PersistentVolumeSpec persistentVolumeReclaimPolicy storageClassName
        PodDNSConfigOption name
        PodSpec dnsPolicy hostIPC hostNetwork hostPID hostname nodeName priorityClassName restartPolicy schedulerName \
        serviceAccount serviceAccountName subdomain
        PortworxVolumeSource fsType readOnly
        PriorityClass description globalDefault
        Probe failureThreshold initialDelaySeconds periodSeconds successThreshold timeoutSeconds
        QuobyteVolumeSource group readOnly tenant user
        RBDVolumeSource fsType keyring pool readOnly user
        ReplicaSetSpec minReadySeconds
        ReplicationControllerSpec minReadySeconds
        ResourceClaim request
        ResourceFieldSelector containerName
        SELinuxOptions level role type user
        ScaleIOVolumeSource fsType protectionDomain readOnly sslEnabled storageMode storagePool volumeName
        Secret type
        SecretReference name namespace
        SecretVolumeSource secretName
        ServiceAccountTokenProjection audience
        ServiceBackendPort name number
        ServicePort name nodePort protocol
        ServiceSpec clusterIP externalName externalTrafficPolicy healthCheckNodePort loadBalancerIP \
        publishNotReadyAddresses sessionAffinity type
        StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted whenScaled
        StatefulSetSpec minReadySeconds podManagementPolicy
        StatefulSetUpdateStrategy type
        StorageOSVolumeSource fsType readOnly volumeName volumeNamespace
        Subject apiGroup namespace
        TCPSocketAction host
        Toleration effect key operator value
        VolumeMount readOnly subPath subPathExpr
        VsphereVirtualDiskVolumeSource fsType storagePolicyID storagePolicyName
        """)

    /// A type and its members on each line.
    private static func table(_ text: String) -> [String: Set<String>] {
        Dictionary(
            uniqueKeysWithValues: text.split(separator: "\n").map { line in
                let words = line.split(separator: " ").map(String.init)
                return (words[0], Set(words.dropFirst()))
            })
    }
}
