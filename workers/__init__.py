"""The Celery doors: tasks that carry a job's id, the schedule, and a worker inside the serving process."""
