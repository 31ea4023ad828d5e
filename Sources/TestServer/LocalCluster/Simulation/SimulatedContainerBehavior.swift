import KubeModel

/// What becomes of a simulated container, told by its image and by the restart policy of its pod:
///
/// | image | fate |
/// |---|---|
/// | registry host ends with `.invalid`, tag begins with `missing`, or name begins with `bad` | can't be pulled |
/// | name begins with `crash` | exits with 1 at once, restarted with a growing back-off |
/// | name begins with `slow` | runs, and gets ready after 5 seconds |
/// | name begins with `unready` | runs, and never gets ready |
/// | any other, in a pod that is always restarted | runs |
/// | name begins with `long`, in a pod that isn't | runs until somebody deletes it |
/// | any other, in a pod that isn't | exits with 0 at once |
enum SimulatedContainerBehavior: Sendable, Equatable {
    case runs
    case getsReadySlowly
    case neverReady
    case completes
    case crashes
    case pullFails

    static let slowStart = 5.0

    init(image: String, restartPolicy: String?) {
        let reference = ContainerImageName(image)
        let name = reference.baseName
        if reference.registryHost?.hasSuffix(".invalid") == true || reference.tag.hasPrefix("missing")
            || name.hasPrefix("bad")
        {
            self = .pullFails
        } else if name.hasPrefix("crash") {
            self = .crashes
        } else if name.hasPrefix("slow") {
            self = .getsReadySlowly
        } else if name.hasPrefix("unready") {
            self = .neverReady
        } else {
            self = ["Never", "OnFailure"].contains(restartPolicy ?? "") && !name.hasPrefix("long") ? .completes : .runs
        }
    }

    init(_ container: JSONValue, in pod: KubeObject) {
        self.init(image: container["image"]?.string ?? "", restartPolicy: pod["spec", "restartPolicy"]?.string)
    }
}

/// The kubelet's back-off between restarts of a container that fails: 10 seconds, doubled each time, 5 minutes at most.
enum RestartBackOff {
    static func seconds(restarts: Int) -> Int { restarts > 5 ? 300 : min(300, 10 << max(0, restarts - 1)) }

    /// As Go prints a duration: `40s`, `1m20s`, `5m0s`.
    static func text(restarts: Int) -> String {
        let seconds = seconds(restarts: restarts)
        return seconds < 60 ? "\(seconds)s" : "\(seconds / 60)m\(seconds % 60)s"
    }
}
