import KubeModel

extension APIResource {
    static let rollouts = APIResource(group: "argoproj.io", version: "v1alpha1", plural: "rollouts", kind: "Rollout")
    static let applications = APIResource(
        group: "argoproj.io", version: "v1alpha1", plural: "applications", kind: "Application")

    /// The kinds of Flux whose controllers are played.
    static let flux: [APIResource] =
        [
            APIResource(
                group: "kustomize.toolkit.fluxcd.io", version: "v1", plural: "kustomizations", kind: "Kustomization"),
            APIResource(group: "helm.toolkit.fluxcd.io", version: "v2", plural: "helmreleases", kind: "HelmRelease"),
        ]
        + [
            ("gitrepositories", "GitRepository"), ("ocirepositories", "OCIRepository"),
            ("helmrepositories", "HelmRepository"), ("buckets", "Bucket"), ("helmcharts", "HelmChart"),
        ].map {
            APIResource(group: "source.toolkit.fluxcd.io", version: "v1", plural: $0.0, kind: $0.1)
        }
}
