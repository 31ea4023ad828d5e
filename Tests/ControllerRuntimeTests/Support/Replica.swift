import ControllerRuntime
import KubeModel
import Synchronization

/// What a handler must have pieced together, and whether the pieces fitted.
final class Replica: Sendable {
    struct State {
        var objects: [ObjectKey: KubeObject] = [:]
        var faults: [String] = []
    }
    let state = Mutex(State())

    func handle(_ event: InformerEvent) {
        state.withLock { state in
            let known = state.objects[event.object.key]
            switch event {
            case .added(let object, _):
                if known != nil { state.faults.append("added twice: \(object.name)") }
                state.objects[object.key] = object
            case .updated(let old, let new):
                if known != old { state.faults.append("an update of another state: \(new.name)") }
                state.objects[new.key] = new
            case .deleted(let object):
                if known == nil { state.faults.append("an end without a beginning: \(object.name)") }
                state.objects[object.key] = nil
            }
        }
    }
}
