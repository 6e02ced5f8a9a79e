/// How many bytes the request holds that this task works for.
enum RequestWeight {
    @TaskLocal static var bytes = 0
}
